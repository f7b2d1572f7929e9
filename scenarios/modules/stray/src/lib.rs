//! A library with a tunable, which nothing could set.
#![deny(unsafe_code, missing_docs, warnings)]

use dlkm_rt::{Tunable, tunable};

#[tunable]
static LOST: Tunable<u32> = Tunable::new(1);

/// The value of the tunable.
pub fn lost() -> u32 {
    LOST.get()
}
