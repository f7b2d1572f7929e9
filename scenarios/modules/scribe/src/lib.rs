//! `scribe`: writes its own texts to writers of the caller. Its image is always unmapped.

use std::{fmt, io};

use dlkm_rt::{LoadError, module};
use scenario_api::Write;

/// The driver.
pub struct Driver;

// ANCHOR: unmap
#[module(unmap)]
impl scenario_api::Scribe for Driver {
    fn scribble(
        bytes: &mut dyn io::Write,
        text: &mut (dyn fmt::Write + Send),
    ) -> Result<usize, LoadError> {
        // A writer that fails is the caller's.
        let _ = write!(bytes, "what is written stays").and_then(|()| write!(bytes, ", {}", 7));
        let _ = bytes.flush();
        let _ = write!(text, "what is written stays").and_then(|()| write!(text, ", {}", 7));
        Ok("what is written stays, 7".len())
    }

    fn lines(to: &mut dyn Write) -> Result<u64, LoadError> {
        to.line("what is written");
        Ok(to.line("stays"))
    }
}
// ANCHOR_END: unmap
