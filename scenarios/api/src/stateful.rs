//! A module that has states.

use dlkm_rt::{Held, LoadError, module};

use crate::Adder;

/// Keeps lines, which an upgrade hands over, and pages, which it does not.
#[module(name = "ledger")]
pub trait Ledger {
    /// Adds a line; returns how many there are.
    #[ustub]
    fn add(text: &str) -> Result<u64, LoadError>;

    /// A closure that adds a line.
    #[ustub]
    fn adder() -> Result<Held<Adder>, LoadError>;

    /// Adds as many bytes to the pages; returns how many there are.
    #[ustub]
    fn fill(bytes: usize) -> Result<u64, LoadError>;

    /// Keeps as many bytes in a plain static.
    #[ustub]
    fn hoard(bytes: usize) -> Result<(), LoadError>;

    /// Returns as many bytes.
    #[ustub]
    fn give(bytes: usize) -> Result<Vec<u8>, LoadError>;

    /// Frees these bytes.
    #[ustub]
    fn take(bytes: Vec<u8>) -> Result<(), LoadError>;

    /// Makes a state whose destructor panics.
    #[ustub]
    fn trap() -> Result<(), LoadError>;

    /// Gives the calling thread thread-local data whose destructor uses the pages.
    #[ustub]
    fn cling() -> Result<(), LoadError>;

    /// Starts a thread that does not hold the module. It meets the host, and then uses the pages.
    #[ustub]
    fn linger() -> Result<(), LoadError>;
}
