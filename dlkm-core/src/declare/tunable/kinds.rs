//! The types that a tunable can have, and what each of them must do.

use std::cell::UnsafeCell;

use crate::primitive::Arc;

/// A value on its way from the kernel to a tunable.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'a> {
    /// The tunable's default.
    Default,
    /// A number: an integer that is extended to 64 bits by its sign, 0 or 1, the bits of an `f64`,
    /// the position of a word, nanoseconds or bytes.
    Bits(u64),
    /// A text.
    Text(&'a str),
}

/// A value that a tunable has, as in [`Raw`].
#[derive(Clone, Debug)]
pub enum Stored {
    /// A number.
    Bits(u64),
    /// A text.
    Text(Arc<str>),
}

/// The type of a tunable's values, for what runs while compiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Bool,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    F32,
    F64,
    Text,
    Duration,
    Size,
    Choice,
}

/// What a tunable consists of.
///
/// # Invariants
/// 1. `place` is accessed by functions of `TunableType` only: as an atomic of one type, or not at
///    all.
#[derive(Debug)]
pub struct Cell<T: TunableType> {
    /// The value, for types that have an atomic.
    pub(super) place: UnsafeCell<T>,
    /// The value, for other types.
    pub(super) extra: T::Extra,
    pub(super) default: T,
}

// SAFETY: `place` is accessed as an atomic (invariant 1), `extra` is `Sync`, and `default` never
// changes and is `Sync`.
unsafe impl<T: TunableType> Sync for Cell<T> {}

/// A type that a [`Tunable`](crate::Tunable) can have. It is implemented for the types that the
/// tunable's documentation lists, and for those that implement
/// [`TunableChoice`](crate::TunableChoice).
///
/// # Safety
/// `KIND` names the type. `read`, `write` and `stored` access the place of a cell as an atomic of
/// one type, or not at all.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be the type of a tunable",
    label = "not the type of a tunable",
    note = "a tunable is a `bool`, an integer from 8 to 64 bits, an `f32`, `f64`, `&'static str`, \
            `Duration`, `dlkm_rt::Size`, or an enum with `#[derive(TunableChoice)]`"
)]
pub unsafe trait TunableType: Copy + Send + Sync + 'static {
    /// What [`Tunable::get`](crate::Tunable::get) returns: the value, or for a text an `Arc<str>`.
    type Read;
    /// What the hook `changed` gets a reference to: the value, or for a text a `str`.
    type New: ?Sized;
    #[doc(hidden)]
    type Extra: Sync;
    #[doc(hidden)]
    const EXTRA: Self::Extra;
    #[doc(hidden)]
    const KIND: Kind;
    #[doc(hidden)]
    const VALUES: &'static [Self] = &[];
    #[doc(hidden)]
    const WORDS: &'static [&'static str] = &[];
    #[doc(hidden)]
    fn read(cell: &Cell<Self>) -> Self::Read;
    #[doc(hidden)]
    fn write(cell: &Cell<Self>, raw: Raw<'_>);
    #[doc(hidden)]
    fn stored(cell: &Cell<Self>) -> Stored;
    /// Calls `body` with the value that `raw` means.
    #[doc(hidden)]
    fn with<R>(cell: &Cell<Self>, raw: Raw<'_>, body: impl FnOnce(&Self::New) -> R) -> R;
}
