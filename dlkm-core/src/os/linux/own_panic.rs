//! Catches the panics of this image's own std, and lets those of other images pass.
//!
//! `std::panic::catch_unwind` aborts the process when it catches an exception that another
//! copy of std raised. This happens when a module calls back into its caller (a
//! `&mut dyn Read`, a closure) and the caller's code panics: the exception must pass through the
//! module's frames, running their destructors, to a frame that can catch it.
//!
//! So the runtime has a frame of its own in place of `catch_unwind`. Its personality routine
//! looks only at what the Itanium C++ ABI defines for every exception, its class and the address
//! of its cleanup function: that function is in the image that raised the exception.

use std::any::Any;
use std::ffi::{c_int, c_void};
use std::panic;

use super::objects::image_base;
use crate::primitive::OnceLock;

/// The public part of every exception (Itanium C++ ABI, Exception Handling, 1.2.1).
#[repr(C)]
#[derive(Debug)]
pub struct Exception {
    pub(super) class: u64,
    cleanup: Option<unsafe extern "C" fn(c_int, *mut Exception)>,
}

unsafe extern "C-unwind" {
    fn _Unwind_RaiseException(exception: *mut Exception) -> c_int;
    fn _Unwind_SetGR(context: *mut c_void, register: c_int, value: usize);
    fn _Unwind_SetIP(context: *mut c_void, address: usize);

    /// Calls `body(data)`. Returns null, or this image's own exception that ended the call.
    fn dlkm_catch_own(
        body: unsafe extern "C-unwind" fn(*mut c_void),
        data: *mut c_void,
    ) -> *mut Exception;
    /// Where `dlkm_catch_own` continues with an exception: a label, not a function.
    fn dlkm_catch_own_landing();
}

// The frame needs no register but the stack pointer, so nothing must be restored at the landing:
// the exception in rax, where `personality` puts it, is the return value already.
std::arch::global_asm!(
    ".pushsection .text.dlkm_catch_own,\"ax\",@progbits",
    ".p2align 4",
    ".globl dlkm_catch_own",
    ".hidden dlkm_catch_own",
    ".type dlkm_catch_own,@function",
    "dlkm_catch_own:",
    ".cfi_startproc",
    ".cfi_personality 0x9b, .Ldlkm_personality", // indirect, relative, 4 bytes
    "sub rsp, 8",
    ".cfi_def_cfa_offset 16",
    "mov rax, rdi",
    "mov rdi, rsi",
    "call rax",
    "xor eax, eax",
    ".globl dlkm_catch_own_landing",
    ".hidden dlkm_catch_own_landing",
    "dlkm_catch_own_landing:",
    "add rsp, 8",
    ".cfi_def_cfa_offset 8",
    "ret",
    ".cfi_endproc",
    ".size dlkm_catch_own, . - dlkm_catch_own",
    ".popsection",
    ".pushsection .data.rel.ro.dlkm_personality,\"aw\",@progbits",
    ".p2align 3",
    ".Ldlkm_personality:",
    ".quad {personality}",
    ".popsection",
    personality = sym personality,
);

/// "MOZ\0RUST": the class of Rust's exceptions, the same in every copy of std.
const RUST: u64 = u64::from_ne_bytes(*b"MOZ\0RUST");
const SEARCH: c_int = 1; // _UA_SEARCH_PHASE
const HANDLER: c_int = 4; // _UA_HANDLER_FRAME
const FOUND: c_int = 6; // _URC_HANDLER_FOUND
const INSTALL: c_int = 7; // _URC_INSTALL_CONTEXT
const CONTINUE: c_int = 8; // _URC_CONTINUE_UNWIND
const RAX: c_int = 0; // in DWARF's numbering

/// The personality routine of `dlkm_catch_own`: continues at the landing with this image's own
/// exceptions, and lets others pass.
///
/// # Safety
/// Only the unwinder may call it, for the frame of `dlkm_catch_own`.
pub(super) unsafe extern "C" fn personality(
    _version: c_int,
    actions: c_int,
    class: u64,
    exception: *mut Exception,
    context: *mut c_void,
) -> c_int {
    // SAFETY: the unwinder passes the exception that is in flight.
    if class != RUST || !unsafe { is_own(exception) } {
        return CONTINUE;
    }
    if actions & SEARCH != 0 {
        return FOUND;
    }
    if actions & HANDLER == 0 {
        return CONTINUE;
    }
    // SAFETY: `context` is the frame of `dlkm_catch_own`, the only function with this
    // routine; rax is not in use there after the call.
    unsafe { _Unwind_SetGR(context, RAX, exception as usize) };
    let landing = dlkm_catch_own_landing as *const () as usize;
    // SAFETY: `context` is the frame of `dlkm_catch_own`, and `landing` is in that function. The
    // code there needs only rax, set above, and the stack pointer as it was at the call, which
    // the unwinder restores.
    unsafe { _Unwind_SetIP(context, landing) };
    INSTALL
}

/// Whether this image's std raised the exception.
///
/// # Safety
/// `exception` must be an exception in flight.
unsafe fn is_own(exception: *mut Exception) -> bool {
    // SAFETY: the caller promises an exception in flight, and every exception begins with the
    // two fields of `Exception`.
    let cleanup = unsafe { (*exception).cleanup };
    let own = image_base(personality as *const ());
    own.is_some() && cleanup.is_some_and(|cleanup| image_base(cleanup as *const ()) == own)
}

/// Like `std::panic::catch_unwind`, for panics of this image's own std. Any other exception
/// passes through, and destructors on its way run.
pub fn catch_own<R>(body: impl FnOnce() -> R) -> Result<R, Box<dyn Any + Send>> {
    let mut body = Some(body);
    let mut result = None;
    let exception = call_and_catch(|| result = body.take().map(|body| body()));
    // SAFETY: without a result there is an exception: this image's own, caught just now, and
    // nothing else has a pointer to it.
    result.ok_or_else(|| unsafe { payload(exception) })
}

/// Ends an exception, and returns its payload.
///
/// # Safety
/// `exception` must be this image's own, and nothing else may use it any more.
pub(super) unsafe fn payload(exception: *mut Exception) -> Box<dyn Any + Send> {
    // Only std knows the content of its exception: raise it once more, for std's own
    // `catch_unwind` to catch.
    let again = panic::catch_unwind(|| {
        // SAFETY: the caller promises this image's own exception, which nothing else uses.
        unsafe { _Unwind_RaiseException(exception) };
        // It returns only if the unwinder finds no handler, and `catch_unwind` is one.
        std::process::abort()
    });
    match again {
        Ok(never) => never,
        Err(payload) => payload,
    }
}

/// The unwinder's own `_Unwind_RaiseException`. An image's own one is hidden, so `dlsym` does not
/// find that.
///
/// # Safety
/// As for `_Unwind_RaiseException`.
pub unsafe fn raise_exception(exception: *mut Exception) -> c_int {
    type Raise = unsafe extern "C-unwind" fn(*mut Exception) -> c_int;
    // Once: dlsym(3) waits for the dynamic linker's lock.
    static RAISE: OnceLock<Option<Raise>> = OnceLock::new();
    let raise = RAISE.get_or_init(|| {
        let name = c"_Unwind_RaiseException";
        // SAFETY: the name ends with a NUL, and dlsym(3) only searches for it, in the libraries
        // that this image is linked with.
        let raise = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
        // SAFETY: null, or the function of that name, to which the ABI gives this type.
        unsafe { std::mem::transmute::<*mut c_void, Option<Raise>>(raise) }
    });
    let Some(raise) = raise else {
        // The image could not have been linked.
        std::process::abort();
    };
    // SAFETY: the caller promises what it needs.
    unsafe { raise(exception) }
}

fn call_and_catch<F: FnMut()>(mut body: F) -> *mut Exception {
    unsafe extern "C-unwind" fn call<F: FnMut()>(body: *mut c_void) {
        // SAFETY: `body` is the address of the local variable below, which outlives this call,
        // and nothing else uses it during the call.
        let body = unsafe { &mut *body.cast::<F>() };
        body();
    }
    // SAFETY: `call::<F>` gets the address of an `F` that outlives the call.
    unsafe { dlkm_catch_own(call::<F>, (&raw mut body).cast()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_and_panics_come_back_and_destructors_run() {
        assert_eq!(catch_own(|| "result".to_owned()).unwrap(), "result");
        let flag = std::cell::Cell::new(false);
        struct Set<'a>(&'a std::cell::Cell<bool>);
        impl Drop for Set<'_> {
            fn drop(&mut self) {
                self.0.set(true);
            }
        }
        let caught = catch_own(|| {
            let _set = Set(&flag);
            panic::resume_unwind(Box::new(7));
        });
        let payload: Result<(), _> = caught;
        assert_eq!(*payload.unwrap_err().downcast::<i32>().unwrap(), 7);
        assert!(flag.get());
        assert!(!std::thread::panicking(), "std's own count is even");
        assert_eq!(catch_own(|| 1).unwrap(), 1);
    }

    #[test]
    fn it_nests() {
        let outer = catch_own(|| {
            let inner: Result<(), _> = catch_own(|| panic::resume_unwind(Box::new("inner")));
            assert_eq!(*inner.unwrap_err().downcast::<&str>().unwrap(), "inner");
            panic::resume_unwind(Box::new("outer"))
        });
        let outer: Result<(), _> = outer;
        assert_eq!(*outer.unwrap_err().downcast::<&str>().unwrap(), "outer");
    }
}
