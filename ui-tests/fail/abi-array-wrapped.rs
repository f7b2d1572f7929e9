use std::marker::PhantomData;

use dlkm_rt::{Interface, module};

#[derive(Interface)]
#[repr(transparent)]
pub struct Name<'a> {
    letters: [u8; 8],
    of: PhantomData<&'a u8>,
}

#[module(abi = "C")]
pub trait Calc {
    #[stub(or = short)]
    fn length(name: &Name<'_>) -> usize;

    #[stub(or = none)]
    fn count(name: Name<'_>) -> usize;
}

fn short(name: &Name<'_>) -> usize {
    let _ = name.of;
    name.letters.len()
}

fn none(_: Name<'_>) -> usize {
    0
}

fn main() {}
