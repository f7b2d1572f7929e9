//! Two calls to look at in the compiler's output: a strong stub, and one that takes a hold.

use std::hint::black_box;

use shm_api::{SegmentId, ShmError, shm};

// ANCHOR: strong
/// Calls a `#[stub]`.
#[inline(never)]
pub fn call_strong(key: u32, size: usize) -> Result<SegmentId, ShmError> {
    shm::shmget(key, size)
}
// ANCHOR_END: strong

/// Calls a `#[ustub]`.
#[inline(never)]
pub fn call_unloadable(pid: u32, id: SegmentId) -> Option<usize> {
    shm::shmat(pid, id)
}

fn main() {
    let strong: fn(u32, usize) -> Result<SegmentId, ShmError> = black_box(call_strong);
    let unloadable: fn(u32, SegmentId) -> Option<usize> = black_box(call_unloadable);
    // No kernel is booted, so each takes its way out.
    println!("{}", strong(7, 4096).is_err());
    println!("{:?}", unloadable(2, SegmentId(0)));
}
