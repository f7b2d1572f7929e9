//! Linux with glibc.

#[cfg(target_arch = "x86_64")]
mod cpu;
mod image_file;
mod objects;
#[cfg(target_arch = "x86_64")]
mod own_panic;
#[cfg(target_arch = "x86_64")]
mod thread_block;
mod threads;
#[cfg(target_arch = "x86_64")]
pub(crate) use cpu::cpu_has;
pub(crate) use objects::{Place, mapped, place_of};
#[cfg(target_arch = "x86_64")]
pub(crate) use own_panic::catch_own;
#[cfg(target_arch = "x86_64")]
pub(crate) use thread_block::{at_distance, distance};
pub(crate) use threads::{
    Routine, Start, create, create_uncounted, pin, set_specific, set_specific_uncounted,
};

pub(crate) use image_file::{MemoryFile, is_mapped, open, open_anew};

#[cfg(not(target_arch = "x86_64"))]
compile_error!("dlkm-rt knows x86-64 only so far: see dlkm-rt/src/os/linux/own_panic.rs");

use std::ffi::{CString, c_int, c_void};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::atomic::{Ordering, compiler_fence};

/// How the file of an image ends.
pub(crate) const IMAGE_SUFFIX: &str = "so";

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

/// The address at which the image that holds `address` is mapped: one number an image.
pub(crate) fn image_base(address: *const ()) -> Option<usize> {
    let mut info = MaybeUninit::<libc::Dl_info>::uninit();
    // SAFETY: dladdr(3) only compares `address`, and `info` is writable memory of its type.
    let found = unsafe { libc::dladdr(address.cast(), info.as_mut_ptr()) } != 0;
    // SAFETY: dladdr fills the whole structure where it returns other than 0.
    found.then(|| unsafe { info.assume_init() }.dli_fbase as usize)
}

/// Whether there is a file of that name, be it a link to nowhere.
///
/// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
pub(crate) fn is_there(path: &Path) -> bool {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    let mut about = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `path` ends with a NUL, and lstat(2) writes a `stat` at most.
    unsafe { libc::lstat(path.as_ptr(), about.as_mut_ptr()) == 0 }
}

/// One frame of the running thread's stack.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The next instruction of the function.
    pub(crate) instruction: usize,
    /// The lowest address of the frame: its local variables are at or above it.
    pub(crate) floor: usize,
    /// Where the function starts, or null.
    pub(crate) function: *const (),
}

unsafe extern "C-unwind" {
    // Of the Itanium C++ ABI's base part, which std's own unwinder is: always linked.
    fn _Unwind_Backtrace(
        visit: unsafe extern "C-unwind" fn(*mut c_void, *mut c_void) -> c_int,
        argument: *mut c_void,
    ) -> c_int;
    fn _Unwind_GetIP(context: *mut c_void) -> usize;
    fn _Unwind_GetCFA(context: *mut c_void) -> usize;
    fn _Unwind_FindEnclosingFunction(pc: *mut c_void) -> *mut c_void;
}

const CONTINUE: c_int = 0; // _URC_NO_REASON
const STOP: c_int = 5; // _URC_NORMAL_STOP

/// Shows `visit` the frames of this thread from the innermost outward, until it
/// returns `false`.
pub(crate) fn walk_frames(visit: &mut dyn FnMut(Frame) -> bool) {
    unsafe extern "C-unwind" fn step(context: *mut c_void, argument: *mut c_void) -> c_int {
        // SAFETY: `argument` is the address of the local `visit` below, which outlives the
        // walk, and nothing else uses it meanwhile.
        let visit = unsafe { &mut *argument.cast::<&mut dyn FnMut(Frame) -> bool>() };
        // SAFETY: the unwinder gave us `context`, valid until we return.
        let instruction = unsafe { _Unwind_GetIP(context) };
        // SAFETY: as above.
        let floor = unsafe { _Unwind_GetCFA(context) };
        // The address after a call may be another function's first: look one byte back.
        let within = instruction.saturating_sub(1) as *mut c_void;
        // SAFETY: the function only compares the address with its tables.
        let function = unsafe { _Unwind_FindEnclosingFunction(within) };
        let frame = Frame {
            instruction,
            floor,
            function: function as *const (),
        };
        if visit(frame) { CONTINUE } else { STOP }
    }
    let mut visit = visit;
    // SAFETY: `step` has the signature of _Unwind_Trace_Fn and `visit` outlives the call.
    unsafe { _Unwind_Backtrace(step, (&raw mut visit).cast()) };
}
