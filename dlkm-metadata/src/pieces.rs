//! The lines of an image's tunables. Each tunable has a piece of its own in the section of the
//! metadata, and the linker puts the pieces around the module's text.

use object::elf::SHT_PROGBITS;
use object::read::elf::SectionHeader;

use crate::elf_types::{Header, LITTLE, Section};
use crate::error::{BadMetadata, ReadError};
use crate::limits;
use crate::moved::{Bytes, is_metadata};

/// The section's bytes around the module's text, which is at this offset in the file and so long.
/// An image without tunables costs no read.
///
/// # Errors
/// The section can't be read, ends behind the file, or is beyond the limit.
pub(crate) fn around(
    text: (u64, u64),
    bytes: &Bytes<'_>,
    header: &Header,
    sections: &[Section],
) -> Result<Vec<u8>, ReadError> {
    let (start, length) = text;
    let end = start + length;
    let place = |section: &Section| {
        let first = section.sh_offset(LITTLE);
        (first, first.saturating_add(section.sh_size(LITTLE)))
    };
    let contains = |section: &&Section| {
        let (first, last) = place(section);
        section.sh_type(LITTLE) == SHT_PROGBITS && first <= start && end <= last
    };
    let Some(section) = sections.iter().find(contains) else {
        return Ok(Vec::new());
    };
    let (first, last) = place(section);
    if (first, last) == (start, end) || !is_metadata(section, bytes, header, sections)? {
        return Ok(Vec::new());
    }
    let bad = |text: String| Err(ReadError::Bad(BadMetadata(text)));
    if last - first > limits::METADATA {
        let most = limits::METADATA;
        return bad(format!("it has more than {most} bytes, the limit"));
    }
    let mut pieces = bytes(first, start - first)?;
    pieces.extend(bytes(end, last - end)?);
    if pieces.len() as u64 != last - first - length {
        return bad("its section ends behind the file".to_owned());
    }
    Ok(pieces)
}
