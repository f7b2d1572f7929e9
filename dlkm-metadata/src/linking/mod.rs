//! Checks what the dynamic linker will read of an image. It trusts all of it: a wrong offset makes
//! it read or write elsewhere, divide by zero, search for ever, or end the process. What these
//! checks can't see is content that is possible and wrong, such as another addend.

mod dynamic;
mod hashes;
mod relocations;
pub(crate) mod segments;
mod symbols;
mod table;
mod versions;

use dynamic::Dynamic;
use segments::{Segment, Segments};

use crate::error::ReadError;
use crate::libraries::Libraries;
use crate::parts::Parts;

/// Checks an image with these program headers. Returns the libraries that are beside it.
///
/// # Errors
/// The dynamic linker would fail, or do something else than its format says.
pub(crate) fn check(segments: &[Segment], parts: &Parts<'_>) -> Result<Libraries, ReadError> {
    let image = Segments::new(segments, parts)?;
    let dynamic = Dynamic::read(&image)?;
    let symbols = hashes::count(&image, &dynamic)?;
    let strings = symbols::strings(&image, &dynamic)?;
    symbols::check(&image, &dynamic, symbols, &strings)?;
    versions::check(&image, &dynamic, symbols, &strings)?;
    relocations::check(&image, &dynamic, symbols)?;
    symbols::libraries(&dynamic, &strings)
}
