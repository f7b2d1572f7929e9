//! Finds the metadata by the name of its own section, in an image whose sections a tool has moved.
//!
//! patchelf moves sections that are no ordinary data behind the others, and the SHT_MOD section of an
//! image of rust-lld is among them. The distance in it leads elsewhere then; the text stays.

use object::Endianness;
use object::elf::{FileHeader64, SectionHeader64};
use object::read::ReadRef;
use object::read::elf::{FileHeader, SectionHeader};

use crate::elf::Parts;
use crate::error::ReadError;
use crate::limits;

const NAME: &[u8] = b".dlkm_modinfo\0";

/// The first `length` bytes of the section, if there is one of that name and it has so many.
pub(crate) fn text(
    parts: &Parts<'_>,
    header: &FileHeader64<Endianness>,
    sections: &[SectionHeader64<Endianness>],
    endian: Endianness,
    length: u64,
) -> Result<Option<Vec<u8>>, ReadError> {
    let Some(names) = sections.get(usize::from(header.e_shstrndx(endian).0)) else {
        return Ok(None);
    };
    let (start, size) = (names.sh_offset(endian), names.sh_size(endian));
    let (mut kept, mut kept_text) = (Vec::new(), Vec::new());
    let names = parts.get(start, size.min(limits::SECTION_NAMES), &mut kept)?;
    let named = |section: &&SectionHeader64<Endianness>| {
        let at = start.checked_add(section.sh_name(endian).into());
        at.is_some_and(|at| names.read_bytes_at(at, NAME.len() as u64) == Ok(NAME))
    };
    let Some(section) = sections.iter().find(named) else {
        return Ok(None);
    };
    let start = section.sh_offset(endian);
    if length > section.sh_size(endian).min(limits::METADATA) {
        return Ok(None);
    }
    let text = parts.get(start, length, &mut kept_text)?;
    Ok(text.read_bytes_at(start, length).ok().map(<[u8]>::to_vec))
}
