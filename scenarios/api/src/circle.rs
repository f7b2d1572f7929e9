//! Modules whose weak stubs lead around in a circle.

use dlkm_rt::module;

/// Its module calls the next one of the circle.
#[module(name = "weak-a")]
pub trait WeakA {
    /// Takes at most so many steps, each into the next module; returns how many were taken.
    #[wstub(or = none)]
    fn walk_a(steps: u32) -> u32;
}

/// Its module calls the next one of the circle.
#[module(name = "weak-b")]
pub trait WeakB {
    /// Takes at most so many steps, each into the next module; returns how many were taken.
    #[wstub(or = none)]
    fn walk_b(steps: u32) -> u32;
}

/// Its module calls the next one of the circle.
#[module(name = "weak-c")]
pub trait WeakC {
    /// Takes at most so many steps, each into the next module; returns how many were taken.
    #[wstub(or = none)]
    fn walk_c(steps: u32) -> u32;
}

fn none(_: u32) -> u32 {
    0
}
