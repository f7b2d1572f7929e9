//! The interfaces of modules with tunables.

use dlkm_rt::{LoadError, module};

/// Has tunables of each type.
#[module(name = "tuned")]
pub trait Tuned {
    /// The values of all tunables now.
    #[ustub]
    fn now() -> Result<String, LoadError>;

    /// The values that the load hook found.
    #[ustub]
    fn at_load() -> Result<String, LoadError>;

    /// The number of segments.
    #[ustub]
    fn segments() -> Result<u32, LoadError>;

    /// The greeting.
    #[ustub]
    fn greeting() -> Result<String, LoadError>;
}

/// Has tunables that others refer to.
#[module(name = "tuner")]
pub trait Tuner {
    /// The values of all tunables.
    #[ustub]
    fn tuner() -> Result<String, LoadError>;
}

/// Has a tunable, and an interface that is the same for all compilers.
#[module(name = "tuned-c", abi = "C")]
pub trait TunedC {
    /// The tunable's value; 0 if the module can't be loaded.
    #[ustub(or = nothing)]
    fn size() -> u32;
}

fn nothing() -> u32 {
    0
}
