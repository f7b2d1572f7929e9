//! Finds the metadata in an ELF image. Nothing in the file is trusted: sizes and places
//! are checked against the file before use, also those that only `dlopen` would use,
//! since a mapping past the end of a truncated file ends in SIGBUS.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::Path;

use object::elf::{ET_DYN, FileHeader64, PT_LOAD};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader};
use object::{Endianness, ReadCache, ReadRef};

use super::{BadMetadata, Metadata};

/// The type of the section that makes an ELF file a module's image: "mod" and a zero.
/// It lies in the range that the ELF specification leaves to the operating system.
pub const SHT_MOD: u32 = 0x6d6f_6400;

/// Why a file gave no metadata: one variant for each step.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadError {
    /// The file can't be opened or read.
    Io(io::Error),
    /// The file is empty.
    Empty,
    /// It is not an ELF file at all, or one for another machine; the text says what is wrong.
    NotElf(String),
    /// It is an ELF file that ends before its own tables say.
    Truncated(String),
    /// It is an ELF image, but not one of a module: it has no section of type `SHT_MOD`.
    NoSection,
    /// It has the section, but what stands there can't be understood.
    Bad(BadMetadata),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Io(error) => write!(f, "the file can't be read: {error}"),
            ReadError::Empty => f.write_str("the file is empty; build the module again"),
            ReadError::NotElf(detail) => write!(f, "the file is no ELF image: {detail}"),
            ReadError::Truncated(detail) => {
                write!(f, "the file is cut short: {detail}; build the module again")
            }
            ReadError::NoSection => f.write_str(
                "the file is an ELF image, but no module: it has no SHT_MOD section; \
                 annotate the crate with `#[module]` and build it with `cargo dlkm build`",
            ),
            ReadError::Bad(error) => write!(f, "the module's metadata can't be read: {error}"),
        }
    }
}

impl std::error::Error for ReadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReadError::Io(error) => Some(error),
            ReadError::Bad(error) => Some(error),
            _ => None,
        }
    }
}

type Header = FileHeader64<Endianness>;

pub(super) fn read(path: &Path) -> Result<Metadata, ReadError> {
    let file = File::open(path).map_err(ReadError::Io)?;
    let about = file.metadata().map_err(ReadError::Io)?;
    if !about.is_file() {
        return Err(ReadError::Io(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        )));
    }
    if about.len() == 0 {
        return Err(ReadError::Empty);
    }
    let text = find_text(&ReadCache::new(file), about.len())?;
    Metadata::parse(&text).map_err(ReadError::Bad)
}

fn find_text(data: &ReadCache<File>, length: u64) -> Result<Vec<u8>, ReadError> {
    let magic = data.read_bytes_at(0, 4).unwrap_or_default();
    if magic != object::elf::ELFMAG {
        return Err(ReadError::NotElf(
            "it does not begin with the ELF magic".to_owned(),
        ));
    }
    let cut = |what: &str| ReadError::Truncated(what.to_owned());
    let header =
        Header::parse(data).map_err(|error| match length < size_of::<Header>() as u64 {
            true => cut("it ends within the ELF header"),
            false => ReadError::NotElf(error.to_string()),
        })?;
    let endian = header
        .endian()
        .map_err(|error| ReadError::NotElf(error.to_string()))?;
    if header.e_type(endian) != ET_DYN {
        return Err(ReadError::NotElf("it is no shared object".to_owned()));
    }
    let segments = header
        .program_headers(endian, data)
        .map_err(|_| cut("it ends within its segment table"))?;
    for segment in segments
        .iter()
        .filter(|segment| segment.p_type(endian) == PT_LOAD)
    {
        let end = segment
            .p_offset(endian)
            .checked_add(segment.p_filesz(endian));
        if end.is_none_or(|end| end > length) {
            return Err(cut("a segment reaches past its end"));
        }
    }
    let sections = header
        .section_headers(endian, data)
        .map_err(|_| cut("it ends within its section table"))?;
    let section = sections
        .iter()
        .find(|section| section.sh_type(endian).0 == SHT_MOD)
        .ok_or(ReadError::NoSection)?;
    let bad = |what: &str| ReadError::Bad(BadMetadata(what.to_owned()));
    let start = section.sh_offset(endian);
    let fields = data
        .read_bytes_at(start, ModSection::SIZE)
        .ok()
        .filter(|_| section.sh_size(endian) >= ModSection::SIZE)
        .and_then(ModSection::parse)
        .ok_or_else(|| bad("the SHT_MOD section is too short"))?;
    if fields.revision != 1 {
        return Err(bad(&format!(
            "the SHT_MOD section has revision {}",
            fields.revision
        )));
    }
    let address = section.sh_addr(endian).wrapping_add(fields.text);
    let text = segments
        .iter()
        .filter(|segment| segment.p_type(endian) == PT_LOAD)
        .find_map(|segment| {
            let within = address.checked_sub(segment.p_vaddr(endian))?;
            let end = within.checked_add(fields.length)?;
            (end <= segment.p_filesz(endian)).then(|| segment.p_offset(endian) + within)
        })
        .and_then(|offset| data.read_bytes_at(offset, fields.length).ok())
        .ok_or_else(|| bad("the SHT_MOD section points outside of the file"))?;
    Ok(text.to_vec())
}

/// The header in the SHT_MOD section: the seeds' "version number, maximum number of
/// stubs, and address of struct modwrapper", then where the metadata text is. Places are
/// relative to the section's start, so that it needs no relocation.
struct ModSection {
    revision: u32,
    text: u64,
    length: u64,
}

impl ModSection {
    const SIZE: u64 = 32;
    /// Each place is counted from its own field; this is where the text's field stands.
    const TEXT_FIELD: u64 = 16;

    fn parse(bytes: &[u8]) -> Option<Self> {
        let word = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
        Some(ModSection {
            revision: u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?),
            text: word(16)?.wrapping_add(Self::TEXT_FIELD),
            length: word(24)?,
        })
    }
}
