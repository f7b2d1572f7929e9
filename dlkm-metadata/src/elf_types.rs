//! The ELF types of images for x86-64.

use object::LittleEndian;
use object::elf::{FileHeader64, SectionHeader64};

pub(crate) type Header = FileHeader64<LittleEndian>;
pub(crate) type Section = SectionHeader64<LittleEndian>;

/// The byte order of x86-64.
pub(crate) const LITTLE: LittleEndian = LittleEndian;
