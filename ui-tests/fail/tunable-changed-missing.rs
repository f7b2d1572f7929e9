//! The hook of a tunable is a function that there is.

use dlkm_rt::{Tunable, tunable};

#[tunable(dynamic, changed = nowhere)]
static HEIGHT: Tunable<u32> = Tunable::new(4);

fn main() {}
