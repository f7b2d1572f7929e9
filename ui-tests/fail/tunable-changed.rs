//! The hook of a tunable is for one that may change, and takes its value.

use dlkm_rt::{Tunable, tunable};

#[tunable(changed = resized)]
static SEGMENTS: Tunable<u32> = Tunable::new(40);

#[tunable(dynamic, changed = resized)]
static LEVEL: Tunable<i8> = Tunable::new(4);

#[tunable(dynamic, changed = checked)]
static WIDTH: Tunable<u32> = Tunable::new(4);

#[tunable(dynamic, changed = resized())]
static DEPTH: Tunable<u32> = Tunable::new(4);

fn resized(_: &u32) -> Result<(), String> {
    Ok(())
}

fn checked(new: u32) -> bool {
    new > 5
}

fn main() {}
