//! Checks what the dynamic linker will read of an image. It trusts all of it: a wrong offset makes
//! it read or write elsewhere, divide by zero, search for ever, or end the process. What these
//! checks can't see is content that is possible and wrong, such as another addend.

mod dynamic;
mod hashes;
mod image;
mod relocations;
pub(crate) mod segments;
mod symbols;
mod table;
mod versions;

use object::elf;

use dynamic::Dynamic;
use image::Image;
use relocations::Relocations;
use segments::Segments;
use symbols::Strings;

use crate::error::ReadError;
use crate::libraries::Libraries;
use crate::parts::Parts;
use crate::visible;

/// What an image links, as far as it concerns its kernel.
pub(crate) struct Linked {
    pub(crate) segments: Segments,
    /// The file name of the shared libstd. All such images of a process share one copy of std, with one
    /// panic hook, where each must have its own. `-C prefer-dynamic` brings it, and so does a
    /// dependency of crate type `dylib`.
    pub(crate) shared_std: Option<String>,
    /// The libraries beside it.
    pub(crate) libraries: Libraries,
}

/// Checks an image with these segments.
///
/// # Errors
/// The dynamic linker would fail, or do something else than its format says.
pub(crate) fn check(segments: Segments, mut parts: Parts<'_>) -> Result<Linked, ReadError> {
    let source = parts.source();
    let dynamic = &segments.dynamic;
    parts.read(dynamic.offset, dynamic.in_file)?;
    let (shared_std, libraries, relocations) = tables(&segments, &parts)?;
    // The largest table is read last, into the memory that the head was in.
    relocations.check(source, parts.into_buffer())?;
    Ok(Linked {
        segments,
        shared_std,
        libraries,
    })
}

/// Checks all tables but the relocations.
fn tables<'a>(
    segments: &'a Segments,
    parts: &Parts<'_>,
) -> Result<(Option<String>, Libraries, Relocations<'a>), ReadError> {
    let image = Image { segments, parts };
    let dynamic = Dynamic::read(&image)?;
    let symbols = hashes::count(&image, &dynamic)?;
    let strings = symbols::strings(&image, &dynamic)?;
    symbols::check(&image, &dynamic, symbols, &strings)?;
    versions::check(&image, &dynamic, symbols, &strings)?;
    Ok((
        shared_std(&dynamic, &strings)?,
        symbols::libraries(&dynamic, &strings)?,
        Relocations::of(segments, &dynamic, symbols)?,
    ))
}

fn shared_std(dynamic: &Dynamic<'_>, strings: &Strings<'_>) -> Result<Option<String>, ReadError> {
    for library in dynamic.all(elf::DT_NEEDED) {
        let name = strings.at(library)?;
        if name.starts_with(b"libstd-") && name.ends_with(b".so") {
            return Ok(Some(visible::bytes(name)));
        }
    }
    Ok(None)
}
