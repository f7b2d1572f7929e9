//! An image's tables, which are read by their addresses in memory.

use std::borrow::Cow;

use super::segments::Segments;
use super::table::damaged;
use crate::error::ReadError;
use crate::limits;
use crate::parts::Parts;

/// An image that can be mapped.
pub(super) struct Image<'a> {
    pub(super) segments: &'a Segments,
    pub(super) parts: &'a Parts<'a>,
}

impl<'a> Image<'a> {
    /// A table, which is in the file as a whole.
    #[inline(never)]
    pub(super) fn read(
        &self,
        address: u64,
        size: u64,
        what: &str,
    ) -> Result<Cow<'a, [u8]>, ReadError> {
        let offset = self.segments.offset(address, size);
        let Some(offset) = offset.filter(|_| size <= limits::TABLE) else {
            return Err(outside(what));
        };
        if let Some(known) = self.parts.known(offset, size) {
            return Ok(Cow::Borrowed(known));
        }
        let mut bytes = vec![0; size as usize];
        self.parts.source().fill(offset, &mut bytes)?;
        Ok(Cow::Owned(bytes))
    }
}

#[cold]
fn outside(what: &str) -> ReadError {
    damaged(&format!("its {what} is not within the file"))
}
