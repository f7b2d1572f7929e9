//! The interface `shm`, of ABI C.

// ANCHOR: interface
use dlkm_rt::module;

/// Shared memory segments.
#[module(name = "shm", abi = "C")]
pub trait Shm {
    /// Finds or creates the segment `key`, and returns its number.
    #[ustub(or = no_segment)]
    fn shmget(key: i32, size: usize, flags: i32) -> i32;

    /// Cleans up after a process, and returns how many segments it had.
    #[wstub(or = nothing)]
    fn shmexit(pid: i32) -> i32;
}

fn no_segment(_key: i32, _size: usize, _flags: i32) -> i32 {
    -1
}

fn nothing(_pid: i32) -> i32 {
    0
}
// ANCHOR_END: interface
