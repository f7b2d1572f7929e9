//! Finds the metadata by the section of type [`SHT_MOD`], where the note of `noted.rs` does not lead to it.

use object::read::elf::{FileHeader, SectionHeader};

use crate::elf_types::{Header, LITTLE, Section};
use crate::error::{BadMetadata, ReadError};
use crate::linking::segments::Segments;
use crate::parts::{Buffer, Source};
use crate::{limits, moved, noted, pieces};

/// The type of the section that makes an ELF file a module's image: "mod" and a zero.
/// It is in the range that the ELF specification reserves for the operating system.
pub const SHT_MOD: u32 = 0x6d6f_6400;

/// Reads the metadata: the lines of the tunables, then the module's text.
pub(crate) fn text(
    header: &Header,
    segments: &Segments,
    source: Source<'_>,
    buffer: &mut Buffer,
) -> Result<Vec<u8>, ReadError> {
    let length = source.length();
    let mut kept = Vec::new();
    let sections = sections(header, source, buffer, &mut kept)?.ok_or_else(ends_within)?;
    let section = sections
        .iter()
        .find(|section| section.sh_type(LITTLE).0 == SHT_MOD)
        .ok_or(ReadError::NoSection)?;
    let bad = |what: &str| ReadError::Bad(BadMetadata(what.to_owned()));
    let start = section.sh_offset(LITTLE);
    let mut fields = [0; ModSection::SIZE as usize];
    let whole = section.sh_size(LITTLE) >= ModSection::SIZE
        && start <= length.saturating_sub(ModSection::SIZE);
    if !whole {
        return Err(bad("the SHT_MOD section is too short"));
    }
    source.fill(start, &mut fields)?;
    let fields = ModSection::parse(&fields);
    if fields.revision != 1 {
        return Err(bad(&format!(
            "the SHT_MOD section has revision {}",
            fields.revision
        )));
    }
    if fields.length > limits::METADATA {
        let text = format!("it has more than {} bytes, the limit", limits::METADATA);
        return Err(bad(&text));
    }
    let address = section.sh_addr(LITTLE).wrapping_add(fields.text);
    let offset = segments.offset(address, fields.length);
    // The bytes at an offset, as far as the file goes.
    let bytes = |start: u64, size: u64| -> Result<Vec<u8>, ReadError> {
        let mut bytes = vec![0; size.min(length.saturating_sub(start)) as usize];
        source.fill(start, &mut bytes)?;
        Ok(bytes)
    };
    // Every segment is within the file.
    let mut place = offset;
    let text = offset.map(|offset| bytes(offset, fields.length));
    let mut text = text.transpose()?;
    if text
        .as_ref()
        .is_none_or(|text| !text.starts_with(noted::BEGIN))
        && let Some(moved) = moved::text(&bytes, header, sections, fields.length)?
    {
        place = Some(moved);
        text = Some(bytes(moved, fields.length)?);
    }
    let (Some(text), Some(place)) = (text, place) else {
        return Err(bad(
            "the SHT_MOD section points outside the file: a tool has moved the section",
        ));
    };
    // Before the module's text, so that this ends with the lines of its build: see `parse`.
    let mut all = pieces::around((place, fields.length), &bytes, header, sections)?;
    all.extend(text);
    Ok(all)
}

/// The section table; `None` if it is not in the file.
fn sections<'a>(
    header: &Header,
    source: Source<'_>,
    buffer: &'a mut Buffer,
    kept: &'a mut Vec<u64>,
) -> Result<Option<&'a [Section]>, ReadError> {
    let size = u64::from(header.e_shnum(LITTLE)) * size_of::<Section>() as u64;
    let part = source.get(header.e_shoff(LITTLE), size, buffer, kept)?;
    Ok(header.section_headers(LITTLE, part).ok())
}

/// `false` if the file has sections, and none of them makes it a module.
pub(crate) fn has_section(header: &Header, source: Source<'_>, buffer: &mut Buffer) -> bool {
    let mut kept = Vec::new();
    let sections = sections(header, source, buffer, &mut kept);
    sections.ok().flatten().is_none_or(|sections| {
        sections.is_empty() || sections.iter().any(|one| one.sh_type(LITTLE).0 == SHT_MOD)
    })
}

pub(crate) fn ends_within() -> ReadError {
    ReadError::Truncated("it ends within its section table".to_owned())
}

/// The header in the SHT_MOD section: as in HP-UX "version number, maximum number of
/// stubs, and address of struct modwrapper", then the place of the metadata text. Addresses
/// are relative, so that the header needs no relocation.
pub(crate) struct ModSection {
    revision: u32,
    text: u64,
    length: u64,
}

impl ModSection {
    const SIZE: u64 = 32;
    /// The offset of the field with the text's address, which is relative to the field itself.
    pub(crate) const TEXT_FIELD: u64 = 16;

    fn parse(bytes: &[u8; Self::SIZE as usize]) -> Self {
        let (words, _) = bytes.as_chunks();
        let word = |at: usize| u64::from_le_bytes(words[at]);
        ModSection {
            // Of 32 bits; the next field follows.
            revision: word(0) as u32,
            text: word(2).wrapping_add(Self::TEXT_FIELD),
            length: word(3),
        }
    }
}
