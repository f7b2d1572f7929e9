//! Finds the metadata by a note, which the segments lead to: a load need not read the table of
//! sections, which is at the other end of the file.
//!
//! What the note says is compared with what is there. Where it does not fit, because a tool has moved
//! one of them or the image has no note, the sections say it.

use std::ops::Range;

use object::elf::PT_NOTE;
use object::read::elf::{FileHeader, ProgramHeader};

use crate::elf_types::{Header, LITTLE};
use crate::error::ReadError;
use crate::limits;
use crate::linking::segments::Segments;
use crate::parts::{Parts, Source};

const OWNER: &[u8] = b"dlkm";
const KIND: u32 = 2;

/// What begins a module's text.
pub(crate) const BEGIN: &[u8] = b"format=";

/// What the note of an image says: addresses.
pub(crate) struct Noted {
    /// The section of the metadata, with the lines of tunables around the module's text.
    section: Range<u64>,
    /// The module's text.
    text: Range<u64>,
}

/// What the first note of this kind says; `None` if there is none at the beginning of the file.
pub(crate) fn find(header: &Header, parts: &Parts<'_>) -> Option<Noted> {
    let head = parts.head();
    let segments = header.program_headers(LITTLE, head).ok()?;
    let notes = segments.iter().filter(|one| one.p_type(LITTLE) == PT_NOTE);
    for segment in notes {
        let mut notes = segment.notes(LITTLE, head).ok()??;
        while let Some(note) = notes.next().ok()? {
            if note.name() != OWNER || note.n_type(LITTLE).0 != KIND {
                continue;
            }
            // The content is a part of the head.
            let [content, start] = [note.desc(), head.bytes].map(|one| one.as_ptr().addr());
            let place = content.wrapping_sub(start) as u64;
            let in_segment = place.wrapping_sub(segment.p_offset(LITTLE));
            let address = segment.p_vaddr(LITTLE).wrapping_add(in_segment);
            return Noted::parse(note.desc(), address);
        }
    }
    None
}

impl Noted {
    /// Parses a note's content, which is at this address: the start and the end of the section and
    /// the start of the text, each as the distance from the field itself, and the text's length.
    fn parse(content: &[u8], address: u64) -> Option<Self> {
        let (fields, []) = content.as_chunks() else {
            return None;
        };
        let [start, end, text, length] = <[[u8; 8]; 4]>::try_from(fields)
            .ok()?
            .map(u64::from_le_bytes);
        let at = |field: u64, distance: u64| address.wrapping_add(8 * field).wrapping_add(distance);
        let text = at(2, text);
        Some(Noted {
            section: at(0, start)..at(1, end),
            text: text..text.checked_add(length)?,
        })
    }

    /// Reads the metadata: the lines of the tunables, then the module's text. `None` if it is not
    /// where the note says.
    pub(crate) fn read(
        &self,
        segments: &Segments,
        source: Source<'_>,
    ) -> Result<Option<Vec<u8>>, ReadError> {
        let Noted { section, text } = self;
        let within = section.start <= text.start && text.end <= section.end;
        let size = section.end.saturating_sub(section.start);
        if !within || size > limits::METADATA {
            return Ok(None);
        }
        let Some(offset) = segments.offset(section.start, size) else {
            return Ok(None);
        };
        let mut all = vec![0; size as usize];
        source.fill(offset, &mut all)?;
        let [first, end] = [text.start, text.end].map(|at| (at - section.start) as usize);
        if !all[first..end].starts_with(BEGIN) {
            return Ok(None);
        }
        let mut lines = Vec::with_capacity(all.len());
        for part in [&all[..first], &all[end..], &all[first..end]] {
            lines.extend_from_slice(part);
        }
        Ok(Some(lines))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_note_are_distances_from_themselves() {
        let content = |fields: [i64; 4]| fields.map(i64::to_le_bytes).concat();
        let noted = Noted::parse(&content([0x100, 0x200, 0x150, 0x20]), 0x1000).unwrap();
        assert_eq!(noted.section, 0x1100..0x1208);
        assert_eq!(noted.text, 0x1160..0x1180);
        let before = Noted::parse(&content([-0x100, 0, -0x100, 1]), 0x1000).unwrap();
        assert_eq!(before.section, 0xf00..0x1008);
        assert_eq!(before.text, 0xf10..0xf11);
        assert!(Noted::parse(&content([0, 0, 0, -1]), 0x1000).is_none());
        assert!(Noted::parse(&[0; 31], 0x1000).is_none());
        assert!(Noted::parse(&[0; 40], 0x1000).is_none());
    }
}
