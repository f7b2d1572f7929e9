//! A text has no order; neither has a `bool` or an enum.

use dlkm_rt::{Tunable, TunableChoice, tunable};

#[derive(Clone, Copy, TunableChoice)]
enum Mode {
    Fast,
    Safe,
}

#[tunable(range = "a"..="z")]
static NAME: Tunable<&str> = Tunable::new("dlkm");

#[tunable(range = 1..=5)]
static GREETING: Tunable<&str> = Tunable::new("hello");

#[tunable(range = false..=true)]
static SYNC: Tunable<bool> = Tunable::new(true);

#[tunable(range = Mode::Fast..)]
static MODE: Tunable<Mode> = Tunable::new(Mode::Safe);

fn main() {}
