//! Finds the metadata by the name of its own section: in an image whose sections a tool has moved.
//!
//! patchelf moves sections that are no ordinary data behind the others, and the SHT_MOD section of an
//! image of rust-lld is among them. The distance in it leads elsewhere then; the text stays.

use object::Endianness;
use object::elf::{FileHeader64, SectionHeader64};
use object::read::elf::{FileHeader, SectionHeader};

use crate::error::ReadError;
use crate::limits;

const NAME: &[u8] = b".dlkm_modinfo\0";

/// Returns the bytes at an offset and of a size, as far as the file goes.
pub(crate) type Bytes<'a> = dyn Fn(u64, u64) -> Result<Vec<u8>, ReadError> + 'a;

/// The offset in the file of the module's text, which has so many bytes, if there is a section of
/// that name that has it.
pub(crate) fn text(
    bytes: &Bytes<'_>,
    header: &FileHeader64<Endianness>,
    sections: &[SectionHeader64<Endianness>],
    endian: Endianness,
    length: u64,
) -> Result<Option<u64>, ReadError> {
    let names = names(bytes, header, sections, endian)?;
    let named = |section: &&SectionHeader64<Endianness>| is_named(section, &names, endian);
    let Some(section) = sections.iter().find(named) else {
        return Ok(None);
    };
    let size = section.sh_size(endian).min(limits::METADATA);
    if length > size {
        return Ok(None);
    }
    let all = bytes(section.sh_offset(endian), size)?;
    // Lines of tunables may come before it.
    let begins = |at: &usize| {
        let first = *at == 0 || all[at - 1] == 0;
        first && all[*at..].starts_with(b"format=")
    };
    let found = (0..all.len()).find(begins);
    let found = found.filter(|at| (all.len() - at) as u64 >= length);
    Ok(found.map(|at| section.sh_offset(endian) + at as u64))
}

/// Whether it is the section of the metadata.
pub(crate) fn is_metadata(
    section: &SectionHeader64<Endianness>,
    bytes: &Bytes<'_>,
    header: &FileHeader64<Endianness>,
    sections: &[SectionHeader64<Endianness>],
    endian: Endianness,
) -> Result<bool, ReadError> {
    let names = names(bytes, header, sections, endian)?;
    Ok(is_named(section, &names, endian))
}

/// The names of the sections; empty without a table of them.
fn names(
    bytes: &Bytes<'_>,
    header: &FileHeader64<Endianness>,
    sections: &[SectionHeader64<Endianness>],
    endian: Endianness,
) -> Result<Vec<u8>, ReadError> {
    let Some(names) = sections.get(usize::from(header.e_shstrndx(endian).0)) else {
        return Ok(Vec::new());
    };
    let size = names.sh_size(endian).min(limits::SECTION_NAMES);
    bytes(names.sh_offset(endian), size)
}

fn is_named(section: &SectionHeader64<Endianness>, names: &[u8], endian: Endianness) -> bool {
    let name = names.get(section.sh_name(endian) as usize..);
    name.is_some_and(|name| name.starts_with(NAME))
}
