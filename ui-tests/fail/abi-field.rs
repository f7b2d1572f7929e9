use dlkm_rt::{Interface, module};

#[derive(Interface)]
#[repr(C)]
pub struct Outer {
    inner: [Inner; 2],
}

#[derive(Interface)]
#[repr(C)]
pub struct Inner {
    number: u32,
    name: Option<Box<u8>>,
}

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = none)]
    fn number(of: *const Outer) -> u32;
}

fn none(_: *const Outer) -> u32 {
    let inner = Inner {
        number: 0,
        name: None,
    };
    let _ = &inner.name;
    inner.number
}

fn main() {}
