//! Interfaces whose module is linked into the program. `dlkm-bench` builds the program so that it
//! calls the first two directly.

use dlkm_rt::module;

/// Load-only, called directly.
#[module]
pub trait Direct {
    /// Strong.
    #[stub(or = wrong)]
    fn mix(a: u64, b: u64) -> u64;

    /// Weak.
    #[wstub(or = wrong)]
    fn weak_mix(a: u64, b: u64) -> u64;
}

/// Unloadable, called directly.
#[module]
pub trait DirectUnloadable {
    /// Strong.
    #[ustub(or = wrong)]
    fn mix(a: u64, b: u64) -> u64;
}

/// Load-only, called through its slot.
#[module]
pub trait Slotted {
    /// Strong.
    #[stub(or = wrong)]
    fn mix(a: u64, b: u64) -> u64;

    /// Weak.
    #[wstub(or = wrong)]
    fn weak_mix(a: u64, b: u64) -> u64;
}

/// Unloadable, called through its slot.
#[module]
pub trait SlottedUnloadable {
    /// Strong.
    #[ustub(or = wrong)]
    fn mix(a: u64, b: u64) -> u64;
}

/// Makes the result wrong if a stub did not find its module.
fn wrong(_: u64, _: u64) -> u64 {
    0
}
