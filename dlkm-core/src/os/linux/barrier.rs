//! The two halves of the asymmetric barrier between calls and unloads.

use std::ffi::c_int;
use std::sync::atomic::{Ordering, compiler_fence};

/// Commands of membarrier(2).
const REGISTER: c_int = libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED;
const EXPEDITED: c_int = libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED;

fn membarrier(command: c_int) -> bool {
    // SAFETY: membarrier(2) takes three integers and accesses no memory of the process.
    unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) == 0 }
}

/// The cheap half of the asymmetric barrier, which each call runs: it keeps the compiler
/// from moving the slot's load above the entry's store. The processor may still reorder
/// them; [`heavy_barrier`] makes up for that.
#[inline(always)]
pub fn light_barrier() {
    compiler_fence(Ordering::SeqCst);
}

/// The expensive half, which an unload runs: every thread of this process passes a full barrier
/// before it returns `true`. It returns `false` if the system has no membarrier(2) (Linux before
/// 4.14, or a seccomp filter); then nothing may be unloaded.
pub fn heavy_barrier() -> bool {
    // The first expedited barrier of a process needs a registration, which lasts.
    membarrier(EXPEDITED) || (membarrier(REGISTER) && membarrier(EXPEDITED))
}
