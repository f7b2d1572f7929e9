//! Stand-ins for `fn`, `dyn Fn` and the like in a description. The macros write these in place of
//! the types they find, because no `impl` covers pointers to functions with borrowed arguments,
//! such as `fn(&str)`.

use std::any::Any;
use std::marker::PhantomData;
use std::ptr::NonNull;

use super::description::{Crossing, Form, Interface, One, Parts, Two, Type};
use super::lifetimes::{Lifetimes, List, Next};

/// The arguments of a function.
#[derive(Debug)]
pub struct Arguments<P>(PhantomData<P>);

impl<P: Parts> Lifetimes for Arguments<P> {
    type Before<R: List> = P::Before<R>;
}

// SAFETY: no value of this type crosses; it only lists the types of arguments.
unsafe impl<P: Parts> Interface for Arguments<P> {
    const TYPE: Type = Type::unsized_of("", Form::Arguments);
    type Args = ();
    type Parts = P;
}

/// How many low bits of a `KIND` are the index; the bits above are [`Type::fixed`].
const KIND_BITS: u32 = 4;

const fn kind(kind: usize) -> usize {
    kind & ((1 << KIND_BITS) - 1)
}

/// Stands for `fn(P) -> R`, with the same size and niche. `KIND` is an index into
/// [`Function::KINDS`], plus 16 times the value of [`Type::fixed`]. `MARKS` is [`Type::marks`].
#[derive(Debug)]
#[expect(dead_code, reason = "it is there for its size")]
pub struct Function<const KIND: usize, P, R, const MARKS: u64 = 0>(fn(), PhantomData<(P, R)>);

impl<const KIND: usize, P, R, const MARKS: u64> Function<KIND, P, R, MARKS> {
    /// The text before the parenthesis.
    pub const KINDS: [&'static str; 4] = [
        "fn",
        "unsafe fn",
        "extern \"C\" fn",
        "unsafe extern \"C\" fn",
    ];
}

impl<const KIND: usize, P: Parts, R: Interface, const MARKS: u64> Lifetimes
    for Function<KIND, P, R, MARKS>
{
    type Before<Rest: List> = P::Before<R::Before<Rest>>;
}

// SAFETY: it contains a function pointer, so it has the size, alignment and niche of one;
// `Form::Function` says that it is code, and the parts are its arguments and result.
unsafe impl<const KIND: usize, P: Parts, R: Interface, const MARKS: u64> Interface
    for Function<KIND, P, R, MARKS>
{
    const TYPE: Type = Type {
        stable: kind(KIND) >= 2,
        fixed: KIND >> KIND_BITS,
        marks: MARKS,
        ..Type::of::<Self>(Self::KINDS[kind(KIND)], Form::Function)
    };
    type Args = ();
    type Parts = Two<One<Arguments<P>>, One<R>>;
}

/// Stands for `dyn Fn(P) -> R` and the like behind a pointer, which has the same width. `KIND` is
/// an index into [`Closure::KINDS`], plus the length of `KINDS` times an index into
/// [`Closure::AUTO`], plus 16 times the value of [`Type::fixed`]. `MARKS` is [`Type::marks`].
#[derive(Debug)]
#[expect(dead_code, reason = "it is there for its size")]
pub struct Closure<const KIND: usize, P, R, const MARKS: u64 = 0>(PhantomData<(P, R)>, dyn Any);

impl<const KIND: usize, P, R, const MARKS: u64> Closure<KIND, P, R, MARKS> {
    /// The text before the parenthesis.
    pub const KINDS: [&'static str; 3] = ["dyn Fn", "dyn FnMut", "dyn FnOnce"];
    /// The text after the result.
    pub const AUTO: [&'static str; 4] = ["", " + Send", " + Sync", " + Send + Sync"];
}

impl<const KIND: usize, P: Parts, R: Interface, const MARKS: u64> Lifetimes
    for Closure<KIND, P, R, MARKS>
{
    type Before<Rest: List> = P::Before<R::Before<Rest>>;
}

// SAFETY: the type is unsized; `Form::Closure` says that it is code, and the parts are its
// arguments and result.
unsafe impl<const KIND: usize, P: Parts, R: Interface, const MARKS: u64> Interface
    for Closure<KIND, P, R, MARKS>
{
    const TYPE: Type = Type {
        repr: Self::AUTO[kind(KIND) / 3],
        fixed: KIND >> KIND_BITS,
        marks: MARKS,
        ..Type::unsized_of(Self::KINDS[kind(KIND) % 3], Form::Closure)
    };
    type Args = ();
    type Parts = Two<One<Arguments<P>>, One<R>>;
}

/// Stands for a `&T`, or if `MUT` for a `&mut T`, with a lifetime that can't be written.
#[derive(Debug)]
pub struct Reference<const MUT: bool, T: ?Sized>(NonNull<T>);

// No token shows a lifetime here, so nothing compares this one.
impl<const MUT: bool, T: Lifetimes + ?Sized> Lifetimes for Reference<MUT, T> {
    type Before<R: List> = Next<'static, T::Before<R>>;
}

// SAFETY: a `NonNull<T>` has the size, alignment and niche of a reference; `T`, to which it gives
// access, is its part.
unsafe impl<const MUT: bool, T: Interface + ?Sized> Interface for Reference<MUT, T> {
    const TYPE: Type = Type {
        stable: size_of::<Self>() == size_of::<usize>(),
        ..Type::of::<Self>("", if MUT { Form::RefMut } else { Form::Ref })
    };
    type Args = ();
    type Parts = One<T>;
}

/// Stands for a method's `self`. `KIND` is an index into [`Receiver::KINDS`].
#[derive(Debug)]
pub struct Receiver<const KIND: usize>;

impl<const KIND: usize> Receiver<KIND> {
    /// The receivers as written.
    pub const KINDS: [&'static str; 3] = ["&self", "&mut self", "self: Box<Self>"];
}

impl<const KIND: usize> Lifetimes for Receiver<KIND> {
    type Before<R: List> = R;
}

// SAFETY: no value of this type crosses; it only describes a method.
unsafe impl<const KIND: usize> Interface for Receiver<KIND> {
    const TYPE: Type = Type::unsized_of(Self::KINDS[KIND], Form::Primitive);
    type Args = ();
    type Parts = ();
}

/// Stands for `!`, which can't be named as a type everywhere yet.
#[derive(Debug)]
pub enum Never {}

impl Lifetimes for Never {
    type Before<R: List> = R;
}

// SAFETY: like `!`, it has no values.
unsafe impl Interface for Never {
    const TYPE: Type = Type::of::<Self>("!", Form::Primitive);
    type Args = ();
    type Parts = ();
}

/// Stands for an auto trait that is a supertrait. `KIND` is an index into [`Auto::KINDS`].
#[derive(Debug)]
pub struct Auto<const KIND: usize>;

impl<const KIND: usize> Auto<KIND> {
    /// The traits' names.
    pub const KINDS: [&'static str; 5] = ["Send", "Sync", "Unpin", "UnwindSafe", "RefUnwindSafe"];
}

impl<const KIND: usize> Lifetimes for Auto<KIND> {
    type Before<R: List> = R;
}

// SAFETY: no value of this type crosses; it only describes a trait.
unsafe impl<const KIND: usize> Interface for Auto<KIND> {
    const TYPE: Type = Type::unsized_of(Self::KINDS[KIND], Form::Primitive);
    type Args = ();
    type Parts = ();
}

/// Stands for a field that may cross as it is, by the author's promise.
#[derive(Debug)]
#[repr(transparent)]
pub struct Opaque<T>(T);

impl<T> Lifetimes for Opaque<T> {
    type Before<R: List> = R;
}

// SAFETY: it is transparent, so size, alignment and niche are those of `T`. The author who writes
// `unsafe(opaque)` promises that it contains no code and needs no further description.
unsafe impl<T> Interface for Opaque<T> {
    const TYPE: Type = Type {
        crossing: Crossing::Opaque,
        ..Type::of::<Self>("opaque", Form::Library)
    };
    type Args = ();
    type Parts = ();
}
