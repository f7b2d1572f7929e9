//! The interfaces of modules that are unloaded when no one calls them.

use dlkm_rt::{Held, LoadError, module};

use crate::Doubler;

/// Its module is idle after a millisecond.
#[module(name = "idler")]
pub trait Idler {
    /// Twice the number.
    #[ustub]
    fn twice(number: u64) -> Result<u64, LoadError>;

    /// Calls `body` from inside the module.
    #[ustub]
    fn idler_during(body: &mut dyn FnMut()) -> Result<(), LoadError>;

    /// A function of the module.
    #[ustub]
    fn doubler() -> Result<Held<Doubler>, LoadError>;

    /// Keeps the module for good.
    #[stub]
    fn idler_stays() -> Result<(), LoadError>;
}

/// Its module is idle after a millisecond, and depends on `idler`.
#[module(name = "idler-top")]
pub trait IdlerTop {
    /// Four times the number.
    #[ustub]
    fn four_times(number: u64) -> Result<u64, LoadError>;

    /// Keeps the module for good.
    #[stub]
    fn top_stays() -> Result<(), LoadError>;
}

/// Its module is idle after an hour.
#[module(name = "patient")]
pub trait Patient {
    /// The number.
    #[ustub]
    fn same(number: u64) -> Result<u64, LoadError>;
}
