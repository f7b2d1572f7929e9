//! Makes errors: what the parsers of lines and of the whole share.

use std::fmt;

use crate::error::BadMetadata;

/// Not inlined: there are many callers, and no valid module takes this path.
#[cold]
#[inline(never)]
pub(super) fn bad(text: fmt::Arguments<'_>) -> BadMetadata {
    BadMetadata(fmt::format(text))
}

#[cold]
pub(super) fn too_many(whole: &str, most: u64, of: &str) -> BadMetadata {
    bad(format_args!("{whole} has more than {most} {of}, the limit"))
}
