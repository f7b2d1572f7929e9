//! Words that are no class.

use dlkm_rt::module;

#[module(class = weak)]
pub trait Audit {
    #[wstub(or = none)]
    fn record(event: u32) -> u32;
}

#[module(class = "unloadable")]
pub trait Quota {
    #[wstub(or = none)]
    fn charge(blocks: u32) -> u32;
}

fn none(_: u32) -> u32 {
    0
}

fn main() {}
