//! An interface and a driver of it as types, and a call of one of the driver's functions.

use dlkm_metadata::write::Declaration;

use super::contain::contain;
use crate::interface::Signatures;

/// An interface. The macros implement it for a type that they generate.
///
/// Generic code finds these constants through that type. If it named them itself, the compiler would
/// evaluate them, and all that they are made of, once more for each set of bounds.
pub trait Declaring {
    /// The declaration of the interface's trait.
    const DECLARATION: &'static Declaration;
    /// The types that the functions use, as text.
    const TYPES: &'static [u8];
    /// The types of its functions.
    const SIGNATURES: Signatures;
    /// Whether the interface has `on_panic = unload`.
    const UNLOAD: bool;
}

/// The declaration of an interface's trait.
pub const fn declaration_of<I: Declaring>() -> &'static Declaration {
    I::DECLARATION
}

/// The types that an interface's functions use, as text.
pub const fn types_of<I: Declaring>() -> &'static [u8] {
    I::TYPES
}

/// A driver of an interface. The macros implement it for a type that they generate.
pub trait Exporting {
    /// The interface.
    type Interface: Declaring;
    /// The module's name.
    const MODULE: &'static str;
}

/// The names of a driver's interface and of its function number `I`.
pub(super) const fn name_of<X: Exporting, const I: usize>() -> (&'static str, &'static str) {
    let interface = declaration_of::<X::Interface>();
    (interface.name, interface.functions.get(I).name)
}

/// Calls a driver's function, the interface's function number `I`, and handles its panic. `frame`
/// is a local variable of the export.
#[inline(always)]
pub fn export<X: Exporting, const I: usize, R>(frame: &u8, body: impl FnOnce() -> R) -> R {
    // With `if const`, the compiler drops the other branch early.
    if const { <X::Interface as Declaring>::SIGNATURES.calls_back(I) } {
        contained::<X, I, true, R>(frame, body)
    } else {
        contained::<X, I, false, R>(frame, body)
    }
}

/// Like [`export`], with the knowledge whether the function may run its caller's code.
#[inline(always)]
pub(crate) fn contained<X: Exporting, const I: usize, const CALLS_BACK: bool, R>(
    frame: &u8,
    body: impl FnOnce() -> R,
) -> R {
    let (name, unload) = const { (name_of::<X, I>(), <X::Interface as Declaring>::UNLOAD) };
    contain::<CALLS_BACK, R>(frame, X::MODULE, name, unload, body)
}
