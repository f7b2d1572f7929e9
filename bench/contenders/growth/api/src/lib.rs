//! The interface of one of many modules. `growth-host` declares the same one under many names.

/// One of many.
#[dlkm_rt::module(name = "g0000")]
pub trait G0000 {
    /// Adds two numbers.
    #[ustub(or = wrong)]
    fn add(a: u64, b: u64) -> u64;

    /// Uses thread-local data, of the module and of its copy of std.
    #[ustub(or = nothing)]
    fn local() -> u64;
}

fn wrong(_: u64, _: u64) -> u64 {
    0
}

fn nothing() -> u64 {
    0
}
