//! The stack of the running thread.

use std::ffi::{c_int, c_void};

/// One frame of the running thread's stack.
#[derive(Clone, Copy, Debug)]
pub struct Frame {
    /// The next instruction of the function.
    pub instruction: usize,
    /// The lowest address of the frame: its local variables are at or above it.
    pub floor: usize,
    /// Where the function starts, or null.
    pub function: *const (),
}

unsafe extern "C-unwind" {
    // From the base part of the Itanium C++ ABI, which std's own unwinder implements: always
    // linked.
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

/// Calls `visit` with the frames of this thread from the innermost outward, until it
/// returns `false`.
pub fn walk_frames(visit: &mut dyn FnMut(Frame) -> bool) {
    unsafe extern "C-unwind" fn step(context: *mut c_void, argument: *mut c_void) -> c_int {
        // SAFETY: `argument` is the address of the local `visit` below, which outlives the
        // walk, and nothing else uses it during the walk.
        let visit = unsafe { &mut *argument.cast::<&mut dyn FnMut(Frame) -> bool>() };
        // SAFETY: the unwinder passed `context`, which is valid until this function returns.
        let instruction = unsafe { _Unwind_GetIP(context) };
        // SAFETY: the unwinder passed `context`, which is valid until this function returns.
        let floor = unsafe { _Unwind_GetCFA(context) };
        // The address after a call may be the start of another function: look one byte back.
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
