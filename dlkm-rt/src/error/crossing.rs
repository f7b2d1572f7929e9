//! The errors that may cross.

use super::{Errno, LoadError};
use crate::interface::{Form, Interface, Type};

// SAFETY: it may contain errors of std, which may contain code; but only the kernel makes those,
// and its image is never unloaded. An image of a module makes only `Cause::NotBooted` and
// `Cause::Panicked`, which contain text.
unsafe impl Interface for LoadError {
    const TYPE: Type = Type::of::<Self>("LoadError", Form::Library);
    type Args = ();
    type Parts = ();
}

// SAFETY: it is a number; `Type::of` takes size and alignment from the type itself.
unsafe impl Interface for Errno {
    const TYPE: Type = Type::of::<Self>("Errno", Form::Library);
    type Args = ();
    type Parts = ();
}
