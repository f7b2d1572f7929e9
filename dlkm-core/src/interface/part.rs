//! The types of fields, written so that no field's type appears in the implementation of
//! [`Interface`]: rustc rejects a private type there, although a public struct may have
//! a private field of that type.
//!
//! For a derived type `S`, `Holds<Key, N>` names the type of field `N`, with a `Key` that is
//! private to the macro's block; and `HasPart<N>` gives access to it for that `Key`. Each field's
//! type is alone in an implementation of its own, so if it may not cross, rustc points at it,
//! once.

use std::marker::PhantomData;

use super::description::{Interface, Parts, Type};
use super::lifetimes::{Lifetimes, List};

/// The type of part `N`, for code that can name the `Key`.
#[doc(hidden)]
pub trait Holds<Key, const N: usize> {
    /// The type.
    type Type: Interface + ?Sized;
}

/// The type of part `N`, for all code.
#[doc(hidden)]
pub trait HasPart<const N: usize> {
    /// The type.
    type Type: Interface + ?Sized;
}

/// Part `N` of `S`: as a list, a list of this type only; as a type, a stand-in for it.
#[derive(Debug)]
pub struct Part<S: ?Sized, const N: usize>(PhantomData<S>);

impl<S: HasPart<N> + ?Sized, const N: usize> Parts for Part<S, N> {
    const COUNT: usize = 1;
    type Before<R: List> = <S::Type as Lifetimes>::Before<R>;
    type This = S::Type;
    type Left = ();
    type Right = ();
}

impl<S: HasPart<N> + ?Sized, const N: usize> Lifetimes for Part<S, N> {
    type Before<R: List> = <S::Type as Lifetimes>::Before<R>;
}

// SAFETY: `TYPE`, `Args` and `Parts` are those of the part's own implementation.
unsafe impl<S: HasPart<N> + ?Sized, const N: usize> Interface for Part<S, N> {
    const TYPE: Type = <S::Type as Interface>::TYPE;
    type Args = <S::Type as Interface>::Args;
    type Parts = <S::Type as Interface>::Parts;
}
