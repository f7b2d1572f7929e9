//! The two halves of the asymmetric barrier between calls and unloads.

use std::ffi::c_int;
use std::sync::atomic::{Ordering, compiler_fence};

/// From `linux/membarrier.h`; the `libc` crate has the same values.
const REGISTER: c_int = libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
const EXPEDITED: c_int = libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED;

fn membarrier(command: c_int) -> bool {
    // SAFETY: membarrier(2) takes three integers and touches no memory of ours.
    unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
}

/// The cheap half of the asymmetric barrier, run by each call: it keeps the compiler
/// from moving the slot's load above the entry's store. The processor may still do
/// so; [`heavy_barrier`] makes up for that.
#[inline(always)]
pub(crate) fn light_barrier() {
    compiler_fence(Ordering::SeqCst);
}

/// The dear half, run by an unload: every thread of this process passes a full barrier
/// before it returns `true`. `false` where the system has no membarrier(2) (Linux before
/// 4.14, or a seccomp filter); then nothing may be unloaded.
pub(crate) fn heavy_barrier() -> bool {
    // The first expedited barrier of a process needs a registration, which lasts.
    membarrier(EXPEDITED) || (membarrier(REGISTER) && membarrier(EXPEDITED))
}
