//! Modules whose images stay mapped after an unload.

use dlkm_rt::{LoadError, module};

/// Its module leaves things behind.
#[module(name = "lender")]
pub trait Lender {
    /// How many calls of this there have been since the load.
    #[ustub]
    fn tick() -> Result<u64, LoadError>;

    /// The address and the length of a text of the module.
    #[ustub]
    fn text() -> Result<[usize; 2], LoadError>;

    /// The address of a function of the module, an `fn(u32) -> String`. With 0 it allocates, with
    /// 1 it starts a thread, with 2 it panics and catches that, with 3 it calls another module.
    #[ustub]
    fn function() -> Result<usize, LoadError>;

    /// What `Kernel::boot` answers in a module.
    #[ustub]
    fn boot() -> Result<String, LoadError>;
}

/// Its module calls module `counter` through an interface by which something of the caller may be
/// left behind.
#[module(name = "asker")]
pub trait Asker {
    /// Calls no other module.
    #[ustub]
    fn call_none() -> Result<(), LoadError>;

    /// Calls `counter::count`.
    #[ustub]
    fn call_count() -> Result<u64, LoadError>;

    /// Calls `counter::peek`, a weak stub.
    #[ustub]
    fn call_peek() -> Result<u64, LoadError>;
}
