//! The lifetimes of a type, as a list that is a type itself. A macro sees the lifetimes that a
//! signature shows; what an alias makes of them, only the compiler knows. So the compiler compares
//! both.

use std::marker::PhantomData;

/// A type, seen as a list of its lifetimes: its own, then those of its arguments, each in the order
/// of declaration. An implementation has no bounds on lifetimes, so that it exists for all of them.
pub trait Lifetimes {
    /// The list, with `R` behind it.
    type Before<R: List>: List;
}

/// A list: `()`, [`Next`] or [`Bound`].
pub trait List {
    /// How many lifetimes there are, apart from the bounds of `dyn`.
    const COUNT: usize;
    /// How many bounds of `dyn` there are.
    const BOUNDS: usize;
    /// The list, with `'x` in each place.
    type Fill<'x>: List;
}

impl List for () {
    const COUNT: usize = 0;
    const BOUNDS: usize = 0;
    type Fill<'x> = ();
}

/// A longer or shorter lifetime makes another type.
type Exactly<'a> = fn(&'a ()) -> &'a ();

/// A lifetime, and the rest of the list.
#[derive(Debug)]
pub struct Next<'a, R>(PhantomData<(Exactly<'a>, R)>);

impl<'a, R: List> List for Next<'a, R> {
    const COUNT: usize = 1 + R::COUNT;
    const BOUNDS: usize = R::BOUNDS;
    type Fill<'x> = Next<'x, R::Fill<'x>>;
}

/// The bound of a `dyn`, and the rest of the list.
#[derive(Debug)]
pub struct Bound<'a, R>(PhantomData<(Exactly<'a>, R)>);

impl<'a, R: List> List for Bound<'a, R> {
    const COUNT: usize = R::COUNT;
    const BOUNDS: usize = 1 + R::BOUNDS;
    type Fill<'x> = Bound<'x, R::Fill<'x>>;
}

/// How many lifetimes a type has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    /// Apart from the bounds of `dyn`.
    pub(super) lifetimes: usize,
    /// The bounds of `dyn`.
    pub(super) bounds: usize,
}

impl Count {
    pub(super) const fn of<T: Lifetimes + ?Sized>() -> Self {
        Count {
            lifetimes: <T::Before<()> as List>::COUNT,
            bounds: <T::Before<()> as List>::BOUNDS,
        }
    }
}

/// `T`, with a name that can be written at another place than `T`.
#[derive(Debug)]
pub struct Given<T: ?Sized>(PhantomData<T>);

impl<T: Lifetimes + ?Sized> Lifetimes for Given<T> {
    type Before<R: List> = T::Before<R>;
}

/// `IS` says whether `A` and `B` are one type, with their lifetimes, if both are `for<'a> fn(...)`.
/// The inherent constant exists only then; otherwise, it is that of [`Differ`].
#[derive(Debug)]
pub struct Same<A, B>(PhantomData<(*mut A, *mut B)>);

impl<T> Same<T, T> {
    /// They are the same.
    pub const IS: bool = true;
}

/// See [`Same`].
pub trait Differ {
    /// They are not the same.
    const IS: bool = false;
}

impl<A, B> Differ for Same<A, B> {}
impl Differ for () {}
