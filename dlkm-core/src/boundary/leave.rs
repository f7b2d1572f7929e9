//! Panics that would leave their image.
//!
//! An export catches the panics of its module. A method of a held object, a closure and an iterator
//! are called without an export, so a panic in them would arrive in the frames of another image,
//! and end the process when that image's copy of std catches it. So an image has its own
//! `_Unwind_RaiseException` (`__catch_raises`), to which its copy of std binds. It looks which
//! frame will catch the exception. If that is another image's, the exception unwinds the frames of
//! this image, which sees it as its own panic (a `Mutex` becomes poisoned), and at the first frame
//! of another image it becomes a panic of the image that will catch it.

use std::any::Any;
use std::ffi::c_int;

use crate::os::{self, Catcher, Exception};
use crate::services::panic::{PanicReport, message};
use crate::services::{ask, c};

/// The definition that an image's std binds to instead of the unwinder's.
#[doc(hidden)]
#[macro_export]
macro_rules! __catch_raises {
    () => {
        $crate::private::std::arch::global_asm!(
            ".pushsection .text.dlkm_raise,\"ax\",@progbits",
            ".globl _Unwind_RaiseException",
            ".hidden _Unwind_RaiseException",
            ".type _Unwind_RaiseException,@function",
            "_Unwind_RaiseException:",
            "jmp {raise}",
            ".size _Unwind_RaiseException, . - _Unwind_RaiseException",
            ".popsection",
            raise = sym $crate::private::raise_exception,
        );
    };
}

/// An image's `_Unwind_RaiseException`.
///
/// # Safety
/// As for the unwinder's. Only this image's std may call it.
pub unsafe extern "C-unwind" fn raise_exception(exception: *mut Exception) -> c_int {
    // Before a kernel has attached the image, none can raise the panic elsewhere.
    if ask::host().is_some() || c::host().is_some() {
        // SAFETY: this image's std raises it.
        if let Some(catcher) = unsafe { os::foreign_catcher(exception) } {
            // SAFETY: it is about to be raised, and `catcher` is from the line above.
            unsafe { os::unwind_own(exception, catcher, hand_on) }
        }
    }
    // SAFETY: the caller promises what the unwinder's function needs.
    unsafe { os::raise_exception(exception) }
}

fn hand_on(payload: Box<dyn Any + Send>, catcher: Catcher) -> ! {
    let message = message(payload);
    ask::raise(&PanicReport {
        module: ask::module(),
        function: ("", ""),
        message: &message,
        unload: false,
        // The next frame above this address is the one that catches.
        frame: (catcher.floor - 1) as *const u8,
    })
}
