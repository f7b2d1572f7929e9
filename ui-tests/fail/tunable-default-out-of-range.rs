//! The default is in the range.

use std::time::Duration;

use dlkm_rt::{Size, Tunable, tunable};

#[tunable(range = 1..=4096)]
static SEGMENTS: Tunable<u32> = Tunable::new(0);

#[tunable(range = ..=0.5)]
static RATIO: Tunable<f64> = Tunable::new(0.75);

#[tunable(range = Duration::from_millis(1)..)]
static PERIOD: Tunable<Duration> = Tunable::new(Duration::ZERO);

#[tunable(range = Size::kib(1)..=Size::kib(4))]
static CACHE: Tunable<Size> = Tunable::new(Size::mib(1));

#[tunable(range = 5..=4)]
static EMPTY: Tunable<i64> = Tunable::new(5);

fn main() {}
