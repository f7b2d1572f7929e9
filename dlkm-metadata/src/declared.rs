//! Finds the interfaces that a crate declares, in what `--cfg dlkm_interfaces` builds of it.

use object::Endianness;
use object::elf::FileHeader64;
use object::read::elf::{FileHeader, SectionHeader};

/// The text; the linker has put together what each interface left.
pub(crate) fn find(data: &[u8]) -> object::Result<&[u8]> {
    let header = FileHeader64::<Endianness>::parse(data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, data)?;
    match sections.section_by_name(endian, b".dlkm_interfaces") {
        Some((_, section)) => section.data(endian, data),
        None => Ok(&[]),
    }
}
