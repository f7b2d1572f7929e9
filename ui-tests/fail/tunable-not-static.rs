//! The kernel sets statics.

use dlkm_rt::{Tunable, tunable};

#[tunable]
const SEGMENTS: Tunable<u32> = Tunable::new(40);

#[tunable(range = 1..=5)]
fn segments() -> u32 {
    40
}

#[tunable]
static mut LEVEL: Tunable<u32> = Tunable::new(40);

fn main() {}
