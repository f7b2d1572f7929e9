//! A module that comes in several versions, its editions, which replace each other.

use dlkm_rt::{Held, LoadError, module};

/// A closure of the module.
pub type Teller = Box<dyn Fn() -> u64 + Send + Sync>;

/// Returns which edition it is.
#[module(name = "edition", on_panic = unload)]
pub trait Edition {
    /// Which edition answers.
    #[ustub]
    fn number() -> Result<u64, LoadError>;

    /// Counts one up, in a static; returns the count.
    #[ustub]
    fn tick() -> Result<u64, LoadError>;

    /// Gives the calling thread thread-local data with a destructor of the module.
    #[ustub]
    fn cling() -> Result<(), LoadError>;

    /// Calls `body` from inside the module, and then returns which edition it is; 0 if it can't be
    /// loaded.
    #[ustub(or = nobody)]
    fn within(body: &mut dyn FnMut()) -> u64;

    /// Which edition is loaded; 0 if none is.
    #[wstub(or = none)]
    fn loaded() -> u64;

    /// A closure that returns which edition it is.
    #[ustub]
    fn teller() -> Result<Held<Teller>, LoadError>;

    /// What its load hook got from an upgrade.
    #[ustub]
    fn told() -> Result<String, LoadError>;

    /// Calls `body` from inside the module, and then panics.
    #[ustub(or = nobody)]
    fn stumble(body: &mut dyn FnMut()) -> u64;

    /// Returns which edition it is, and keeps it loaded forever.
    #[stub]
    fn keep() -> Result<u64, LoadError>;
}

fn nobody(_: &mut dyn FnMut()) -> u64 {
    0
}

fn none() -> u64 {
    0
}
