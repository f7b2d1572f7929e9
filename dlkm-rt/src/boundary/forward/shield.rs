//! Keeps panics of the host's logger or subscriber from the image that logs.

use std::panic::{self, AssertUnwindSafe};

use crate::services::panic::drop_quietly;

/// Runs the host's logger or subscriber for an image. A panic in it ends here: in its own
/// image it would be one of the code that logs, but here that code is another copy's, and
/// it would end the process where no frame between can catch it. The panic hook has told.
pub(in crate::boundary::forward) fn shielded<R>(otherwise: R, body: impl FnOnce() -> R) -> R {
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(payload) => {
            drop_quietly(payload);
            otherwise
        }
    }
}
