//! A range has bounds, and includes the greatest value.

use dlkm_rt::{Tunable, tunable};

const LIMITS: std::ops::RangeInclusive<u32> = 1..=5;

#[tunable(range = 1..10)]
static A: Tunable<u32> = Tunable::new(5);

#[tunable(range = ..)]
static B: Tunable<u32> = Tunable::new(5);

#[tunable(range = LIMITS)]
static C: Tunable<u32> = Tunable::new(5);

#[tunable(range = "1..=5")]
static D: Tunable<u32> = Tunable::new(5);

#[tunable(range = 1 + 5)]
static E: Tunable<u32> = Tunable::new(5);

#[tunable(range = -1..=5)]
static F: Tunable<u32> = Tunable::new(5);

#[tunable(range = 1..=300)]
static G: Tunable<u8> = Tunable::new(5);

fn main() {}
