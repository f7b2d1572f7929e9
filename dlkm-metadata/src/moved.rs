//! Finds the metadata by the name of its own section: in an image whose sections a tool has moved.
//!
//! patchelf moves sections that are no ordinary data behind the others, and the SHT_MOD section of an
//! image of rust-lld is among them. The distance in it leads elsewhere then; the text stays.

use object::read::elf::{FileHeader, SectionHeader};

use crate::elf_types::{Header, LITTLE, Section};
use crate::error::ReadError;
use crate::limits;

const NAME: &[u8] = b"dlkm_modinfo\0";

/// Returns the bytes at an offset and of a size, as far as the file goes.
pub(crate) type Bytes<'a> = dyn Fn(u64, u64) -> Result<Vec<u8>, ReadError> + 'a;

/// The offset in the file of the module's text, which has so many bytes, if there is a section of
/// that name that has it.
pub(crate) fn text(
    bytes: &Bytes<'_>,
    header: &Header,
    sections: &[Section],
    length: u64,
) -> Result<Option<u64>, ReadError> {
    let names = names(bytes, header, sections)?;
    let named = |section: &&Section| is_named(section, &names);
    let Some(section) = sections.iter().find(named) else {
        return Ok(None);
    };
    let size = section.sh_size(LITTLE).min(limits::METADATA);
    if length > size {
        return Ok(None);
    }
    let all = bytes(section.sh_offset(LITTLE), size)?;
    // Lines of tunables may come before it.
    let begins = |at: &usize| {
        let first = *at == 0 || all[at - 1] == 0;
        first && all[*at..].starts_with(b"format=")
    };
    let found = (0..all.len()).find(begins);
    let found = found.filter(|at| (all.len() - at) as u64 >= length);
    Ok(found.map(|at| section.sh_offset(LITTLE) + at as u64))
}

/// Whether it is the section of the metadata.
pub(crate) fn is_metadata(
    section: &Section,
    bytes: &Bytes<'_>,
    header: &Header,
    sections: &[Section],
) -> Result<bool, ReadError> {
    let names = names(bytes, header, sections)?;
    Ok(is_named(section, &names))
}

/// The names of the sections; empty without a table of them.
fn names(bytes: &Bytes<'_>, header: &Header, sections: &[Section]) -> Result<Vec<u8>, ReadError> {
    let Some(names) = sections.get(usize::from(header.e_shstrndx(LITTLE).0)) else {
        return Ok(Vec::new());
    };
    let size = names.sh_size(LITTLE).min(limits::SECTION_NAMES);
    bytes(names.sh_offset(LITTLE), size)
}

fn is_named(section: &Section, names: &[u8]) -> bool {
    let name = names.get(section.sh_name(LITTLE) as usize..);
    name.is_some_and(|name| name.starts_with(NAME))
}
