//! The type of a tunable is `Tunable`, of one of few types.

use dlkm_rt::{Tunable, tunable};

#[tunable]
static SEGMENTS: u32 = 40;

#[tunable]
static PAIR: (Tunable<u32>, u32) = (Tunable::new(40), 1);

#[tunable]
static WORDS: Tunable<[u32; 2]> = Tunable::new([1, 2]);

enum Mode {
    Fast,
}

#[tunable]
static MODE: Tunable<Mode> = Tunable::new(Mode::Fast);

#[tunable]
static TEXT: Tunable<&str> = Tunable::new(5);

fn main() {}
