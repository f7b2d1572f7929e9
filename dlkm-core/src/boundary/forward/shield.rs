//! Keeps panics of the host's logger or subscriber away from the image that logs.

use std::panic::{self, AssertUnwindSafe};

use crate::services::panic::drop_quietly;

/// Runs the host's logger or subscriber for an image. A panic in it ends here. Within one
/// image, such a panic would unwind into the code that logs; here that code has another copy of
/// std, and the panic would end the process. The panic hook has reported it already.
pub(in crate::boundary::forward) fn shielded<R>(otherwise: R, body: impl FnOnce() -> R) -> R {
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(payload) => {
            drop_quietly(payload);
            otherwise
        }
    }
}
