//! Checks what the dynamic linker will read of an image. It trusts all of it: a wrong offset makes
//! it read or write elsewhere, divide by zero, search for ever, or end the process. What these
//! checks can't see is content that is possible and wrong, such as another addend.

mod dynamic;
mod hashes;
mod relocations;
mod segments;
mod symbols;
mod versions;

use dynamic::Dynamic;
pub(crate) use segments::Segment;
use segments::Segments;

use crate::elf::Parts;
use crate::error::ReadError;
use crate::libraries::Libraries;

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

fn damaged(what: impl Into<String>) -> ReadError {
    ReadError::Damaged(what.into())
}

/// The numbers in a table: the byte order of x86-64, and no alignment.
fn word(bytes: &[u8], at: usize) -> u64 {
    number::<8>(bytes, at)
}

fn half(bytes: &[u8], at: usize) -> u32 {
    number::<4>(bytes, at) as u32
}

fn number<const SIZE: usize>(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number[..SIZE].copy_from_slice(&bytes[at..at + SIZE]);
    u64::from_le_bytes(number)
}
