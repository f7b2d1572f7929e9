//! Reads the interfaces that a crate declares, from what `--cfg dlkm_interfaces` builds of it.

use std::fs;
use std::path::Path;

use object::Endianness;
use object::elf::FileHeader64;
use object::read::elf::{FileHeader, SectionHeader};

use super::{InterfaceInfo, ReadError, parse};

impl InterfaceInfo {
    /// The interfaces of ABI C that a crate declares; `file` is a shared object that was built of
    /// it with `--cfg dlkm_interfaces`, and is none of a module. None of its code runs.
    ///
    /// # Errors
    /// The file can't be read, or what it holds can't be understood.
    pub fn read_declared(file: &Path) -> Result<Vec<Self>, ReadError> {
        let data = fs::read(file).map_err(ReadError::Io)?;
        let text = find(&data).map_err(|error| ReadError::NotElf(error.to_string()))?;
        parse::interfaces(text).map_err(ReadError::Bad)
    }
}

/// The text; the linker has put together what each interface left.
fn find(data: &[u8]) -> object::Result<&[u8]> {
    let header = FileHeader64::<Endianness>::parse(data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, data)?;
    match sections.section_by_name(endian, b".dlkm_interfaces") {
        Some((_, section)) => section.data(endian, data),
        None => Ok(&[]),
    }
}
