// Structs of all kinds.
#![deny(warnings)]
#![allow(dead_code)]

use dlkm_rt::Interface;

#[derive(Interface)]
pub struct Unit;

#[derive(Interface)]
pub struct Empty {}

#[derive(Interface)]
pub struct Tuple(pub u8, pub String, pub [u8; 4]);

#[derive(Interface)]
#[repr(C)]
pub struct Named<'a> {
    pub text: &'a str,
    pub bytes: &'a mut [u8],
    pub r#type: Option<Box<u32>>,
    pub pair: (u8, Tuple),
}

#[derive(Interface)]
#[repr(C)]
#[repr(align(32))]
pub struct Aligned(u8);

#[derive(Interface)]
#[repr(packed)]
pub struct Packed {
    small: u8,
    large: u64,
}

// Callbacks and objects, with lifetimes in every place.
#[derive(Interface)]
pub struct Calls<'a> {
    plain: fn(&str, &mut [u8]) -> usize,
    named: for<'x> fn(&'x str, &'a str) -> &'x str,
    foreign: Option<unsafe extern "C" fn(*const u8)>,
    borrowed: &'a (dyn Fn(&str) -> bool + Sync + 'a),
    boxed: Box<dyn FnMut(&[u8], fn(u8) -> u8) + Send>,
    bound: Box<dyn for<'x> FnOnce(&'x u8) -> &'x u8 + 'a>,
    reader: &'a mut dyn std::io::Read,
    writer: Box<dyn std::io::Write + Send + Sync + 'a>,
    items: Box<dyn Iterator<Item = &'a str> + 'a>,
    of_lifetime: fn(&Named<'a>, &mut [&'a str]) -> Option<&'a Named<'a>>,
    of_itself: Option<fn(&Self, &mut Calls<'a>)>,
    nested: Vec<Option<fn(&Tuple) -> Option<&'static str>>>,
}

// A private type with a private field.
struct Hidden {
    number: u8,
}

#[derive(Interface)]
struct Known(Inner);

#[derive(Interface)]
struct Inner(Vec<u8>);

#[derive(Interface)]
pub struct Shown<'a> {
    known: Known,
    list: &'a [Inner],
    #[interface(unsafe(opaque))]
    hidden: Hidden,
}

mod deep {
    #[derive(dlkm_rt::Interface)]
    pub struct Near(pub(super) super::Known, self::Own);

    #[derive(dlkm_rt::Interface)]
    struct Own(crate::Unit);
}

fn crosses<T: Interface>() {
    assert_eq!(T::TYPE.size, size_of::<T>());
}

fn main() {
    #[derive(Interface)]
    struct Local<'a>(&'a Tuple);

    crosses::<Unit>();
    crosses::<Empty>();
    crosses::<Named<'_>>();
    crosses::<Aligned>();
    crosses::<Packed>();
    crosses::<Calls<'_>>();
    crosses::<Shown<'_>>();
    crosses::<deep::Near>();
    crosses::<Local<'_>>();
}
