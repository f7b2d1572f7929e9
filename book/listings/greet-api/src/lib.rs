//! The interface `greet`.

use dlkm_rt::{LoadError, module};

/// Greetings.
#[module(name = "greet")]
pub trait Greet {
    /// A greeting for `name`. Loads the module.
    ///
    /// # Errors
    /// The module can't be loaded.
    #[ustub]
    fn greeting(name: &str) -> Result<String, LoadError>;

    /// How many greetings the module has made. Does not load the module.
    #[wstub(or = none)]
    fn greeted() -> u64;
}

/// A module that is not loaded has not greeted anyone.
fn none() -> u64 {
    0
}
