//! What stands for `fn`, `dyn Fn` and the like in a description. The macros write these in place of
//! what they see, because no `impl` covers pointers to functions with borrowed arguments,
//! such as `fn(&str)`.

use std::any::Any;
use std::marker::PhantomData;
use std::ptr::NonNull;

use super::description::{Form, Interface, One, Parts, Two, Type};

/// The arguments of a function.
#[derive(Debug)]
pub struct Arguments<P>(PhantomData<P>);

// SAFETY: there are no values of it.
unsafe impl<P: Parts> Interface for Arguments<P> {
    const TYPE: Type = Type::unsized_of("", Form::Arguments);
    type Args = ();
    type Parts = P;
}

/// The lower bits of a `KIND`; those above are [`Type::fixed`].
const KIND_BITS: u32 = 4;

const fn kind(kind: usize) -> usize {
    kind & ((1 << KIND_BITS) - 1)
}

/// Stands for `fn(P) -> R`: as large, with the same niche. `KIND` indexes
/// [`Function::KINDS`]; 16 times what is in [`Type::fixed`] is added.
#[derive(Debug)]
#[expect(dead_code, reason = "it is there for its size")]
pub struct Function<const KIND: usize, P, R>(fn(), PhantomData<(P, R)>);

impl<const KIND: usize, P, R> Function<KIND, P, R> {
    /// What stands before the bracket.
    pub const KINDS: [&'static str; 4] = [
        "fn",
        "unsafe fn",
        "extern \"C\" fn",
        "unsafe extern \"C\" fn",
    ];
}

// SAFETY: a function pointer's size, alignment and niche; it shows as code by its form.
unsafe impl<const KIND: usize, P: Parts, R: Interface> Interface for Function<KIND, P, R> {
    const TYPE: Type = Type {
        stable: kind(KIND) >= 2,
        fixed: KIND >> KIND_BITS,
        ..Type::of::<Self>(Self::KINDS[kind(KIND)], Form::Function)
    };
    type Args = ();
    type Parts = Two<One<Arguments<P>>, One<R>>;
}

/// Stands for `dyn Fn(P) -> R` and its like behind a pointer: that is as wide. `KIND` is
/// an index into [`Closure::KINDS`], plus as many times its length as the set of auto traits
/// is an index into [`Closure::AUTO`]; 16 times what is in [`Type::fixed`] is added.
#[derive(Debug)]
#[expect(dead_code, reason = "it is there for its size")]
pub struct Closure<const KIND: usize, P, R>(PhantomData<(P, R)>, dyn Any);

impl<const KIND: usize, P, R> Closure<KIND, P, R> {
    /// What stands before the bracket.
    pub const KINDS: [&'static str; 3] = ["dyn Fn", "dyn FnMut", "dyn FnOnce"];
    /// What stands behind the result.
    pub const AUTO: [&'static str; 4] = ["", " + Send", " + Sync", " + Send + Sync"];
}

// SAFETY: unsized; it shows as code by its form.
unsafe impl<const KIND: usize, P: Parts, R: Interface> Interface for Closure<KIND, P, R> {
    const TYPE: Type = Type {
        repr: Self::AUTO[kind(KIND) / 3],
        fixed: KIND >> KIND_BITS,
        ..Type::unsized_of(Self::KINDS[kind(KIND) % 3], Form::Closure)
    };
    type Args = ();
    type Parts = Two<One<Arguments<P>>, One<R>>;
}

/// Stands for a `&T`, or if `MUT` for a `&mut T`, of a lifetime that can't be written.
#[derive(Debug)]
pub struct Reference<const MUT: bool, T: ?Sized>(NonNull<T>);

// SAFETY: a reference's size, alignment and niche; it gives access to a `T`.
unsafe impl<const MUT: bool, T: Interface + ?Sized> Interface for Reference<MUT, T> {
    const TYPE: Type = Type {
        stable: size_of::<Self>() == size_of::<usize>(),
        ..Type::of::<Self>("", if MUT { Form::RefMut } else { Form::Ref })
    };
    type Args = ();
    type Parts = One<T>;
}

/// Stands for a method's `self`: `KIND` indexes [`Receiver::KINDS`].
#[derive(Debug)]
pub struct Receiver<const KIND: usize>;

impl<const KIND: usize> Receiver<KIND> {
    /// As it is written.
    pub const KINDS: [&'static str; 3] = ["&self", "&mut self", "self: Box<Self>"];
}

// SAFETY: there are no values of it.
unsafe impl<const KIND: usize> Interface for Receiver<KIND> {
    const TYPE: Type = Type::unsized_of(Self::KINDS[KIND], Form::Primitive);
    type Args = ();
    type Parts = ();
}

/// Stands for `!`, which is not yet a type to be named everywhere.
#[derive(Debug)]
pub enum Never {}

// SAFETY: there are no values of it.
unsafe impl Interface for Never {
    const TYPE: Type = Type::of::<Self>("!", Form::Primitive);
    type Args = ();
    type Parts = ();
}

/// Stands for an auto trait that is a supertrait: `KIND` indexes [`Auto::KINDS`].
#[derive(Debug)]
pub struct Auto<const KIND: usize>;

impl<const KIND: usize> Auto<KIND> {
    /// Its name.
    pub const KINDS: [&'static str; 5] = ["Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"];
}

// SAFETY: there are no values of it.
unsafe impl<const KIND: usize> Interface for Auto<KIND> {
    const TYPE: Type = Type::unsized_of(Self::KINDS[KIND], Form::Primitive);
    type Args = ();
    type Parts = ();
}

/// Stands for a field of which the author says that it may cross as it is.
#[derive(Debug)]
#[repr(transparent)]
pub struct Opaque<T>(T);

// SAFETY: size, alignment and niche are those of `T`; that it holds no code, and that no
// more is to know of it, promises whoever writes `unsafe(opaque)`.
unsafe impl<T> Interface for Opaque<T> {
    const TYPE: Type = Type::of::<Self>("opaque", Form::Library);
    type Args = ();
    type Parts = ();
}
