//! The errors that may cross.

use super::{Errno, LoadError};
use crate::interface::{Form, Interface, Lifetimes, List, Type};

impl Lifetimes for LoadError {
    type Before<R: List> = R;
}

// SAFETY: it may contain errors of std, which may contain code; but only the kernel makes those,
// and its image is never unloaded. An image of a module makes only `Cause::NotBooted`,
// `Cause::CallerUnloaded` and `Cause::Panicked`, whose texts are owned: `Kernel::boot` makes no
// other in an image that a kernel has attached.
unsafe impl Interface for LoadError {
    const TYPE: Type = Type::of::<Self>("LoadError", Form::Library);
    type Args = ();
    type Parts = ();
}

impl Lifetimes for Errno {
    type Before<R: List> = R;
}

// SAFETY: it is a number; `Type::of` takes size and alignment from the type itself.
unsafe impl Interface for Errno {
    const TYPE: Type = Type::of::<Self>("Errno", Form::Library);
    type Args = ();
    type Parts = ();
}
