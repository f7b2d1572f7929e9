//! Values that carry code, and so are returned in a `Held`.

use std::error::Error;
use std::io;

use dlkm_rt::{Held, LoadError, interface, module};

/// Goes on and on.
#[interface]
pub trait Walk {
    /// One step; returns where it led.
    fn step(&mut self) -> u64;
}

/// Panics when it is asked to.
#[interface]
pub trait Stumble {
    /// Panics with `text`, while it holds a lock and a value with a destructor.
    fn stumble(&mut self, text: &str) -> u64;

    /// Catches a panic of its own, and then returns its message.
    fn recover(&self, text: &str) -> String;

    /// Calls `body`, which panics, and catches the panic. Returns the message.
    fn shelter(&self, body: &mut dyn FnMut()) -> String;

    /// Calls `body` from inside the module.
    fn within(&self, body: &mut dyn FnMut());

    /// Whether the lock is poisoned, and how many values were dropped.
    fn left(&self) -> (bool, u64);
}

/// From one number to another.
pub type Adder = Box<dyn Fn(u64) -> u64 + Send + Sync>;

/// The same, as a function without captures.
pub type Doubler = fn(u64) -> u64;

/// Returns values that carry its code.
#[module(name = "keeper")]
pub trait Keeper {
    /// A walk from `start`.
    #[ustub]
    fn walk(start: u64) -> Result<Held<Box<dyn Walk>>, LoadError>;

    /// A walk whose destructor panics.
    #[ustub]
    fn grave() -> Result<Held<Box<dyn Walk>>, LoadError>;

    /// What panics when it is asked to.
    #[ustub]
    fn stumbler() -> Result<Held<Box<dyn Stumble + Send>>, LoadError>;

    /// Adds `more`; panics if the sum is too large.
    #[ustub]
    fn adder(more: u64) -> Result<Held<Adder>, LoadError>;

    /// The length of a text, as a plain function.
    #[ustub]
    fn double() -> Result<Held<Doubler>, LoadError>;

    /// A text of the module's image.
    #[ustub]
    fn motto() -> Result<Held<&'static str>, LoadError>;

    /// 0, 1, 2 up to `end`.
    #[ustub]
    fn numbers(end: u64) -> Result<Held<Box<dyn Iterator<Item = u64>>>, LoadError>;

    /// The length of a file. The error boxes another.
    #[ustub]
    fn measure(path: &str) -> Result<u64, Held<io::Error>>;

    /// Always fails.
    #[ustub]
    fn fail() -> Result<(), Held<Box<dyn Error + Send + Sync>>>;
}

/// Provided by the host: keeps callbacks that modules register with it.
#[module(name = "registry")]
pub trait Registry {
    /// Keeps a callback under a name.
    #[stub]
    fn register(name: &str, callback: Held<Adder>) -> Result<(), LoadError>;

    /// Drops the callback of that name. Returns whether there was one.
    #[stub]
    fn unregister(name: &str) -> Result<bool, LoadError>;
}

/// Its hooks register and unregister a callback, as the plan says.
#[module(name = "subscriber")]
pub trait Subscriber {
    /// 5, if the module is loaded.
    #[ustub]
    fn five() -> Result<u64, LoadError>;

    /// Adds `more`.
    #[ustub]
    fn adding(more: u64) -> Result<Held<Adder>, LoadError>;
}
