//! Calls to look at in machine code. The chapter "How a call travels" shows it, and
//! `book-tests/tests/assembly.rs` compares it.

use std::hint::black_box;
use std::mem;
use std::sync::atomic::{AtomicPtr, Ordering};

use call_sites::SLOT;
use shm_api::{SegmentId, ShmError, shm};

type Get = fn(u32, usize) -> Result<SegmentId, ShmError>;

// ANCHOR: strong
/// Calls a `#[stub]`.
#[inline(never)]
pub fn call_strong(key: u32, size: usize) -> Result<SegmentId, ShmError> {
    shm::shmget(key, size)
}
// ANCHOR_END: strong

// ANCHOR: slot
/// Loads a pointer from a slot and calls it: the least that a function found at run time costs.
#[inline(never)]
pub fn call_slot(key: u32, size: usize) -> Result<SegmentId, ShmError> {
    // Acquire: with the Release in `fill`.
    let function = SLOT.load(Ordering::Acquire);
    // SAFETY: `fill` stored a function of this type.
    let function = unsafe { mem::transmute::<*mut (), Get>(function) };
    function(key, size)
}
// ANCHOR_END: slot

/// Calls a `#[ustub]`.
#[inline(never)]
pub fn call_unloadable(pid: u32, id: SegmentId) -> Option<usize> {
    shm::shmat(pid, id)
}

/// Calls a `#[wstub]` of a load-only interface.
#[inline(never)]
pub fn call_weak(load: u32) -> u32 {
    lamp::level(load)
}

/// Calls a `#[wstub]` of an unloadable interface.
#[inline(never)]
pub fn call_weak_unloadable(pid: u32) -> usize {
    shm::shmexit(pid)
}

/// Reads a tunable.
#[inline(never)]
pub fn read_tunable() -> u32 {
    BRIGHTNESS.get()
}

#[dlkm_rt::tunable]
static BRIGHTNESS: dlkm_rt::Tunable<u32> = dlkm_rt::Tunable::new(40);

/// A load-only interface with a weak stub.
#[dlkm_rt::module]
pub trait Lamp {
    /// How bright it is.
    #[wstub(or = dark)]
    fn level(lamp: u32) -> u32;
}

fn dark(_: u32) -> u32 {
    0
}

fn none(_: u32, _: usize) -> Result<SegmentId, ShmError> {
    Err(ShmError::System(dlkm_rt::Errno::EINVAL))
}

fn fill(slot: &AtomicPtr<()>) {
    let function: Get = none;
    // Release: with the Acquire in `call_slot`.
    slot.store(function as *mut (), Ordering::Release);
}

fn main() {
    fill(&SLOT);
    let strong: Get = black_box(call_strong);
    let by_hand: Get = black_box(call_slot);
    let unloadable: fn(u32, SegmentId) -> Option<usize> = black_box(call_unloadable);
    let weak: fn(u32) -> u32 = black_box(call_weak);
    let weak_unloadable: fn(u32) -> usize = black_box(call_weak_unloadable);
    // No kernel is booted, so each takes its way out.
    println!("{}", strong(7, 4096).is_err());
    println!("{}", by_hand(7, 4096).is_err());
    println!("{:?}", unloadable(2, SegmentId(0)));
    println!("{} {}", weak(1), weak_unloadable(2));
    println!("{}", black_box(read_tunable as fn() -> u32)());
}
