//! The errors that may cross.

use super::{Errno, LoadError};
use crate::interface::{Form, Interface, Type};

// SAFETY: it holds errors of std, which may hold code; but those are made by the kernel, whose
// image stays. What a module's image can make has text alone:
// `Cause::NotBooted` and `Cause::Panicked`.
unsafe impl Interface for LoadError {
    const TYPE: Type = Type::of::<Self>("LoadError", Form::Library);
    type Args = ();
    type Parts = ();
}

// SAFETY: a number.
unsafe impl Interface for Errno {
    const TYPE: Type = Type::of::<Self>("Errno", Form::Library);
    type Args = ();
    type Parts = ();
}
