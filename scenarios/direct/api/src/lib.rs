//! Interfaces that a host calls directly: with every kind of stub, every panic policy but one, and
//! ABI C.
#![forbid(unsafe_code)]

use dlkm_rt::{LoadError, module};

/// Numbers.
#[module(name = "numbers")]
pub trait Numbers {
    /// The sum; panics on overflow.
    #[stub]
    fn add(a: u64, b: u64) -> Result<u64, LoadError>;

    /// A number made of others.
    #[ustub(or = none)]
    fn mix(a: u64, b: u64) -> u64;

    /// The part before the first blank.
    #[wstub(or = whole)]
    fn first<'a>(text: &'a str, _blank: &str) -> &'a str;

    /// Whether the load hook ran.
    #[stub]
    fn ready() -> Result<bool, LoadError>;

    /// Another spelling.
    #[deprecated]
    #[stub]
    fn r#type() -> Result<(), LoadError>;
}

fn none(_: u64, _: u64) -> u64 {
    0
}

fn whole<'a>(text: &'a str, _: &str) -> &'a str {
    text
}

/// Divisions; a panic ends in the fallback.
#[module(on_panic = fallback)]
pub trait Guarded {
    /// The quotient.
    #[ustub(or = undefined)]
    fn divide(a: u64, b: u64) -> u64;
}

fn undefined(_: u64, _: u64) -> u64 {
    u64::MAX
}

/// Of ABI C.
#[module(abi = "C", on_panic = unload)]
pub trait Raw {
    /// The larger one.
    #[ustub(or = smallest)]
    fn larger(a: i32, b: i32) -> i32;
}

fn smallest(_: i32, _: i32) -> i32 {
    i32::MIN
}
