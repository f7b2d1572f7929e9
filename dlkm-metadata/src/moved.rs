//! Finds the metadata by the name of its own section, in an image whose sections a tool has moved.
//!
//! patchelf moves sections that are no ordinary data behind the others, and the SHT_MOD section of an
//! image of rust-lld is among them. The distance in it leads elsewhere then; the text stays.

use object::LittleEndian;
use object::elf::{FileHeader64, SectionHeader64};
use object::read::elf::{FileHeader, SectionHeader};

use crate::error::ReadError;
use crate::limits;

const NAME: &[u8] = b".dlkm_modinfo\0";

/// The first `length` bytes of the section, if there is one of that name and it has so many. `bytes`
/// returns those at an offset and of a size, as far as the file goes.
pub(crate) fn text(
    bytes: &dyn Fn(u64, u64) -> Result<Vec<u8>, ReadError>,
    header: &FileHeader64<LittleEndian>,
    sections: &[SectionHeader64<LittleEndian>],
    length: u64,
) -> Result<Option<Vec<u8>>, ReadError> {
    let Some(names) = sections.get(usize::from(header.e_shstrndx(LittleEndian).0)) else {
        return Ok(None);
    };
    let size = names.sh_size(LittleEndian).min(limits::SECTION_NAMES);
    let names = bytes(names.sh_offset(LittleEndian), size)?;
    let named = |section: &&SectionHeader64<LittleEndian>| {
        let name = names.get(section.sh_name(LittleEndian) as usize..);
        name.is_some_and(|name| name.starts_with(NAME))
    };
    let Some(section) = sections.iter().find(named) else {
        return Ok(None);
    };
    if length > section.sh_size(LittleEndian).min(limits::METADATA) {
        return Ok(None);
    }
    let text = bytes(section.sh_offset(LittleEndian), length)?;
    Ok(Some(text).filter(|text| text.len() as u64 == length))
}
