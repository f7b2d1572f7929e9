//! What the metadata can't have as a default.

use std::time::Duration;

use dlkm_rt::{Tunable, tunable};

const HALF: f64 = 0.5;

#[tunable(range = ..=HALF)]
static RATIO: Tunable<f64> = Tunable::new(0.25);

#[tunable]
static FACTOR: Tunable<f32> = Tunable::new(HALF as f32);

#[tunable]
static TEXT: Tunable<&str> = Tunable::new("two\nlines");

#[tunable]
static PERIOD: Tunable<Duration> = Tunable::new(Duration::MAX);

fn main() {}
