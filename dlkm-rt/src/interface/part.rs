//! The types of fields, written where no field's type shows in the implementation of
//! [`Interface`]: rustc refuses a private type there, though a public struct may well have
//! a private field of it.
//!
//! A derived type `S` says in `Holds<Key, N>`, whose `Key` is private to the macro's block,
//! what its field `N` is; and in `HasPart<N>`, for whichever `Key` that is, that there is
//! one. As a field's type stands alone in an implementation of its own, rustc points at it,
//! once, if it may not cross.

use std::marker::PhantomData;

use super::description::{Interface, Parts, Type};

/// The type of part `N`, for those who have the `Key`.
pub trait Holds<Key, const N: usize> {
    /// Itself.
    type Type: Interface + ?Sized;
}

/// The type of part `N`, for everybody.
pub trait HasPart<const N: usize> {
    /// Itself.
    type Type: Interface + ?Sized;
}

/// The type of the part `N` of `S`: as a list, that of this type alone; as a type, what
/// stands for it.
#[derive(Debug)]
pub struct Part<S: ?Sized, const N: usize>(PhantomData<S>);

impl<S: HasPart<N> + ?Sized, const N: usize> Parts for Part<S, N> {
    const COUNT: usize = 1;
    type This = S::Type;
    type Left = ();
    type Right = ();
}

// SAFETY: as true as the description of the part.
unsafe impl<S: HasPart<N> + ?Sized, const N: usize> Interface for Part<S, N> {
    const TYPE: Type = <S::Type as Interface>::TYPE;
    type Args = <S::Type as Interface>::Args;
    type Parts = <S::Type as Interface>::Parts;
}
