// Enums of all kinds.
#![deny(warnings)]
#![allow(dead_code)]

use dlkm_rt::Interface;

#[derive(Interface)]
pub enum Never {}

#[derive(Interface)]
pub enum Units {
    One,
    Two,
}

const BASE: isize = 4;

#[derive(Interface)]
pub enum Values {
    Base = BASE,
    Next = BASE + 1,
    After,
    Computed = {
        const fn twice(of: isize) -> isize {
            of * 2
        }
        twice(BASE)
    },
}

#[derive(Interface)]
#[repr(u8)]
pub enum Bytes {
    Low = 1,
    High = b'z',
}

#[derive(Interface)]
#[repr(C, i16)]
pub enum Mixed<'a, T> {
    Unit = -1,
    Empty(),
    Braces {},
    Tuple(T, &'a str),
    Named { at: u64, call: fn(&T) -> bool } = 9,
}

#[derive(Interface)]
pub enum OfConstant<const N: usize> {
    One,
    Two,
}

#[derive(Interface)]
pub enum Raw {
    r#Type { r#fn: u8 },
}

fn crosses<T: Interface>(variants: usize) {
    assert_eq!(T::TYPE.size, size_of::<T>());
    assert_eq!(T::TYPE.variants.len(), variants);
}

fn main() {
    crosses::<Never>(0);
    crosses::<Units>(2);
    crosses::<Values>(4);
    crosses::<Bytes>(2);
    crosses::<Mixed<'_, u8>>(5);
    crosses::<OfConstant<7>>(2);
    crosses::<Raw>(1);
    assert_eq!(Values::TYPE.variants[3].value, Some(8));
    assert_eq!(Raw::TYPE.variants[0].name, "Type");
    assert_eq!(Raw::TYPE.variants[0].fields[0].name, "fn");
}
