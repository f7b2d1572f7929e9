//! A module that comes in editions, which take each other's place.

use dlkm_rt::{Held, LoadError, module};

/// A closure of the module's.
pub type Teller = Box<dyn Fn() -> u64 + Send + Sync>;

/// Says which edition it is.
#[module(name = "edition", on_panic = unload)]
pub trait Edition {
    /// Which edition answers.
    #[ustub]
    fn number() -> Result<u64, LoadError>;

    /// Counts one up, in a static; returns the count.
    #[ustub]
    fn tick() -> Result<u64, LoadError>;

    /// Gives the calling thread thread-local data with a destructor of the module's.
    #[ustub]
    fn cling() -> Result<(), LoadError>;

    /// Calls `body` from inside the module, and then says which edition it is; 0 where it can't
    /// be loaded.
    #[ustub(or = nobody)]
    fn within(body: &mut dyn FnMut()) -> u64;

    /// Which edition is loaded; 0 if none is.
    #[wstub(or = none)]
    fn loaded() -> u64;

    /// Says later which edition it is.
    #[ustub]
    fn teller() -> Result<Held<Teller>, LoadError>;

    /// What its load hook was told of an upgrade.
    #[ustub]
    fn told() -> Result<String, LoadError>;

    /// Calls `body` from inside the module, and then panics.
    #[ustub(or = nobody)]
    fn stumble(body: &mut dyn FnMut()) -> u64;

    /// Which edition stays for good.
    #[stub]
    fn keep() -> Result<u64, LoadError>;
}

fn nobody(_: &mut dyn FnMut()) -> u64 {
    0
}

fn none() -> u64 {
    0
}
