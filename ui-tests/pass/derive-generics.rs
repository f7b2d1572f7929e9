// Parameters of all kinds.
#![deny(warnings)]
#![allow(dead_code)]

use std::fmt::Debug;
use std::marker::PhantomData;

use dlkm_rt::Interface;

#[derive(Interface)]
pub struct All<
    'a,
    'b: 'a,
    T: Debug + 'a,
    U,
    const N: usize,
    const YES: bool,
    const SIGN: char = '+',
> where
    U: Clone,
    Vec<T>: Debug,
{
    first: &'a [T; N],
    second: &'b U,
    both: Option<(&'b T, U)>,
}

#[derive(Interface)]
pub struct Defaults<T = u8, const N: i128 = -1> {
    item: T,
}

// Names that generated code could use for its own parameters.
#[derive(Interface)]
pub struct Names<K, N, S, P, Key, Type, const INDEX: usize> {
    fields: (K, N, S, P, Key, Type),
}

#[derive(Interface)]
pub struct Items<I: Iterator> {
    iter: I,
    last: Option<I::Item>,
    all: Vec<I::Item>,
}

#[derive(Interface)]
pub struct Marked<T: ?Sized> {
    marker: PhantomData<T>,
    boxed: Box<T>,
}

#[derive(Interface)]
pub struct Unbound<'a>(PhantomData<&'a ()>);

fn crosses<T: Interface>() -> u64 {
    assert_eq!(T::TYPE.size, size_of::<T>());
    T::TYPE.key
}

fn main() {
    crosses::<All<'_, '_, u8, u16, 4, true>>();
    crosses::<Defaults>();
    crosses::<Names<u8, u8, u8, u8, u8, u8, 3>>();
    crosses::<Marked<str>>();
    crosses::<Marked<dyn std::io::Read>>();
    crosses::<Unbound<'_>>();
    assert_ne!(crosses::<Defaults<u8, -1>>(), crosses::<Defaults<u8, 1>>());
    assert_eq!(crosses::<Defaults<u8, 1>>(), crosses::<Defaults<u16, 1>>());
}
