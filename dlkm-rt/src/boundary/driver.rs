//! A driver of an interface, and a call of one of its functions.

use dlkm_metadata::write::Declaration;

use super::contain::contain;
use crate::interface::Signatures;

/// A driver of an interface, which the macros implement for a type of theirs.
pub trait Exporting {
    /// The module's name.
    const MODULE: &'static str;
    /// What the interface's trait says.
    const INTERFACE: &'static Declaration;
    /// The types of its functions.
    const SIGNATURES: Signatures;
    /// `on_panic = unload`.
    const UNLOAD: bool;
}

/// Calls a driver's function, the interface's number `I`, and deals with its panic. `frame` is a
/// local variable of the export.
#[inline(always)]
pub fn export<X: Exporting, const I: usize, R>(frame: &u8, body: impl FnOnce() -> R) -> R {
    // Of an `if const`, the compiler drops the other branch early.
    if const { X::SIGNATURES.calls_back(I) } {
        contained::<X, I, true, R>(frame, body)
    } else {
        contained::<X, I, false, R>(frame, body)
    }
}

/// As [`export`], where it is known whether the function may run code of its caller's.
#[inline(always)]
pub(crate) fn contained<X: Exporting, const I: usize, const CALLS_BACK: bool, R>(
    frame: &u8,
    body: impl FnOnce() -> R,
) -> R {
    let name = (X::INTERFACE.name, X::INTERFACE.functions[I].name);
    contain::<CALLS_BACK, R>(frame, X::MODULE, name, X::UNLOAD, body)
}
