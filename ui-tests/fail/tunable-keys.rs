//! What the attribute can say.

use dlkm_rt::{Tunable, tunable};

#[tunable(names = "a")]
static A: Tunable<u32> = Tunable::new(40);

#[tunable(dynamic = true)]
static B: Tunable<u32> = Tunable::new(40);

#[tunable(desc = "two\nlines", name = "Upper.case")]
static C: Tunable<u32> = Tunable::new(40);

#[tunable(desc = "first", desc = "second")]
static D: Tunable<u32> = Tunable::new(40);

#[tunable]
static Ä: Tunable<u32> = Tunable::new(40);

fn main() {}
