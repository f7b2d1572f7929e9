//! No two tunables of a crate have the same name.

use dlkm_rt::{Tunable, tunable};

#[tunable]
static SEGMENTS: Tunable<u32> = Tunable::new(40);

mod inner {
    use dlkm_rt::{Tunable, tunable};

    #[tunable]
    pub static SEGMENTS: Tunable<u32> = Tunable::new(40);

    #[tunable(name = "per-unit")]
    pub static SIZE: Tunable<u32> = Tunable::new(40);

    #[tunable]
    pub static PER_UNIT: Tunable<u32> = Tunable::new(40);
}

fn main() {}
