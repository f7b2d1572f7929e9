//! The interfaces of the soak test.

use dlkm_rt::{Held, LoadError, module};

/// Does a little of everything that a call can do.
#[module(name = "soak")]
pub trait Soak {
    /// The sum.
    #[ustub]
    fn add(a: u64, b: u64) -> Result<u64, LoadError>;

    /// Calls `body` from inside the module.
    #[ustub]
    fn call(body: &mut dyn FnMut()) -> Result<(), LoadError>;

    /// Panics with `text`.
    #[ustub]
    fn panic(text: &str) -> Result<(), LoadError>;

    /// 1 + 2 + … + `n`: a recursion through the module's own stub.
    #[ustub]
    fn deep(n: u64) -> Result<u64, LoadError>;

    /// `n` letters.
    #[ustub]
    fn text(n: usize) -> Result<String, LoadError>;

    /// 0, 1, … `n` - 1. Keeps the module loaded.
    #[ustub]
    fn numbers(n: u64) -> Result<Held<Box<dyn Iterator<Item = u64> + Send>>, LoadError>;

    /// The sum, or `None` where the module is not loaded.
    #[wstub(or = none)]
    fn peek(a: u64, b: u64) -> Option<u64>;
}

fn none(_: u64, _: u64) -> Option<u64> {
    None
}

/// Calls `soak` from inside another module.
#[module(name = "soak-relay")]
pub trait Relay {
    /// The sum, by `soak::add`.
    #[ustub]
    fn add(a: u64, b: u64) -> Result<u64, LoadError>;

    /// Calls `body` by `soak::call`.
    #[ustub]
    fn call(body: &mut dyn FnMut()) -> Result<(), LoadError>;
}
