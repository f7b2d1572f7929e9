//! Finds the metadata in an ELF image. Nothing in the file is trusted: sizes and offsets
//! are checked against the file before use, including those that only `dlopen` would use,
//! because a mapping past the end of a truncated file ends in SIGBUS.

use std::fs::File;

use object::LittleEndian;
use object::elf::{self, EM_X86_64, ET_DYN, Machine, ProgramHeader64};
use object::read::elf::{FileHeader, ProgramHeader};

use crate::elf_types::{Header, LITTLE, Section};
use crate::error::ReadError;
use crate::libraries::Libraries;
use crate::linking::segments::{Segment, Segments};
use crate::linking::{self, Linked};
use crate::noted::{self, Noted};
use crate::parts::{BUFFER, Buffer, Parts, ReadAt, Source};
use crate::{limits, os, sectioned};

/// What the kernel needs to know of an image.
pub(crate) struct Found {
    /// The metadata's text, that of the tunables first.
    pub(crate) text: Vec<u8>,
    /// The file name of the shared libstd, if the image links it.
    pub(crate) shared_std: Option<String>,
    /// The libraries beside it.
    pub(crate) libraries: Libraries,
}

/// Looks into the image `file`, and checks what the dynamic linker will read of it. `length` is that of the
/// file, if it is known.
pub(crate) fn find(file: &File, length: Option<u64>) -> Result<Found, ReadError> {
    find_in(known(length, file)?, &|bytes, at| {
        os::read_at(file, bytes, at)
    })
}

/// The metadata's text alone. What only the dynamic linker will read is not looked at.
pub(crate) fn text(file: &File, length: Option<u64>) -> Result<Vec<u8>, ReadError> {
    text_in(known(length, file)?, &|bytes, at| {
        os::read_at(file, bytes, at)
    })
}

/// The length of the file, which is not empty.
fn known(length: Option<u64>, file: &File) -> Result<u64, ReadError> {
    let length = match length {
        Some(length) => length,
        None => os::length(file)
            .map_err(ReadError::Io)?
            .map_err(ReadError::NotRegular)?,
    };
    match length {
        0 => Err(ReadError::Empty),
        length => Ok(length),
    }
}

fn find_in(length: u64, read_at: &ReadAt<'_>) -> Result<Found, ReadError> {
    let source = Source::new(length, read_at);
    let mut buffer = BUFFER;
    let parts = Parts::of(source, &mut buffer)?;
    let header = header(&parts)?;
    let noted = noted::find(&header, &parts);
    let linked = segments(&header, &parts).and_then(|segments| linking::check(segments, parts));
    let Linked {
        segments,
        shared_std,
        libraries,
    } = of_module(linked, &header, source, &mut buffer)?;
    Ok(Found {
        text: metadata(noted, &header, &segments, source, &mut buffer)?,
        shared_std,
        libraries,
    })
}

fn text_in(length: u64, read_at: &ReadAt<'_>) -> Result<Vec<u8>, ReadError> {
    let source = Source::new(length, read_at);
    let mut buffer = BUFFER;
    let parts = Parts::of(source, &mut buffer)?;
    let header = header(&parts)?;
    let noted = noted::find(&header, &parts);
    let segments = segments(&header, &parts);
    let segments = of_module(segments, &header, source, &mut buffer)?;
    metadata(noted, &header, &segments, source, &mut buffer)
}

/// What is no module is no damaged one either: a shared object need not export anything.
fn of_module<T>(
    checked: Result<T, ReadError>,
    header: &Header,
    source: Source<'_>,
    buffer: &mut Buffer,
) -> Result<T, ReadError> {
    match checked {
        Err(ReadError::Damaged(_)) if !sectioned::has_section(header, source, buffer) => {
            Err(ReadError::NoSection)
        }
        other => other,
    }
}

/// Reads the metadata, by the note if there is one that fits.
fn metadata(
    noted: Option<Noted>,
    header: &Header,
    segments: &Segments,
    source: Source<'_>,
    buffer: &mut Buffer,
) -> Result<Vec<u8>, ReadError> {
    if header.e_shnum(LITTLE) == 0 || header.e_shoff(LITTLE) == 0 {
        return Err(ReadError::NoSectionTable);
    }
    let size = u64::from(header.e_shnum(LITTLE)) * size_of::<Section>() as u64;
    let end = header.e_shoff(LITTLE).checked_add(size);
    if end.is_none_or(|end| end > source.length()) {
        return Err(sectioned::ends_within());
    }
    let by_note = match noted {
        Some(noted) => noted.read(segments, source)?,
        None => None,
    };
    match by_note {
        Some(text) => Ok(text),
        None => sectioned::text(header, segments, source, buffer),
    }
}

fn cut(what: &str) -> ReadError {
    ReadError::Truncated(what.to_owned())
}

/// The header of an image for this processor.
fn header(parts: &Parts<'_>) -> Result<Header, ReadError> {
    let head = parts.head();
    if !head.bytes.starts_with(&object::elf::ELFMAG) {
        return Err(ReadError::NotElf(
            "it does not begin with the ELF magic".to_owned(),
        ));
    }
    let short = parts.source().length() < size_of::<Header>() as u64;
    let header = Header::parse(head).map_err(|error| match short {
        true => cut("it ends within the ELF header"),
        false => ReadError::NotElf(format!("{error}")),
    })?;
    let machine = header.e_machine(LITTLE);
    if header.is_big_endian() {
        return Err(ReadError::Processor(processor(Machine(
            machine.0.swap_bytes(),
        ))));
    }
    if machine != EM_X86_64 {
        return Err(ReadError::Processor(processor(machine)));
    }
    if header.e_type(LITTLE) != ET_DYN {
        return Err(ReadError::NotElf("it is not a shared object".to_owned()));
    }
    Ok(*header)
}

/// The segments of an image, which can be mapped.
fn segments(header: &Header, parts: &Parts<'_>) -> Result<Segments, ReadError> {
    const SIZE: usize = size_of::<ProgramHeader64<LittleEndian>>();
    let count = header.e_phnum(LITTLE);
    if header.e_phentsize(LITTLE) as usize != SIZE || usize::from(count) > limits::SEGMENTS {
        let what = "its segment table has entries of another size, or too many";
        return Err(ReadError::Damaged(what.to_owned()));
    }
    let mut kept = Vec::new();
    let size = u64::from(count) * SIZE as u64;
    let segments = header
        .program_headers(LITTLE, parts.get(header.e_phoff(LITTLE), size, &mut kept)?)
        .map_err(|_| cut("it ends within its segment table"))?;
    Segments::new(segments.iter().map(segment), parts.source().length())
}

fn processor(machine: Machine) -> String {
    match machine {
        elf::EM_386 => "32-bit x86".to_owned(),
        elf::EM_ARM => "32-bit Arm".to_owned(),
        elf::EM_AARCH64 => "AArch64".to_owned(),
        elf::EM_RISCV => "RISC-V".to_owned(),
        other => format!("number {} of ELF", other.0),
    }
}

fn segment(header: &ProgramHeader64<LittleEndian>) -> Segment {
    Segment {
        kind: header.p_type(LITTLE).0,
        flags: header.p_flags(LITTLE).0,
        offset: header.p_offset(LITTLE),
        address: header.p_vaddr(LITTLE),
        in_file: header.p_filesz(LITTLE),
        in_memory: header.p_memsz(LITTLE),
        align: header.p_align(LITTLE),
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::parts::HEAD;
    use crate::sectioned::{ModSection, SHT_MOD};

    /// Offsets in the image that `read` serves.
    const LENGTH: u64 = 1 << 40;
    const MOD: u64 = 0x1000;
    const TEXT: u64 = 0x3000;
    const DYNAMIC: u64 = 0x4000;
    const SECTIONS: u64 = LENGTH - 128;

    /// Serves an image that is far too large to be read as a whole.
    fn read(text: u64, bytes: &mut [u8], at: u64) {
        let words = |numbers: &[(u64, usize)]| -> Vec<u8> {
            let bytes = numbers
                .iter()
                .flat_map(|(number, size)| number.to_le_bytes().into_iter().take(*size));
            bytes.collect()
        };
        let ident = u64::from_le_bytes(*b"\x7fELF\x02\x01\x01\0");
        let header = words(&[
            (ident, 8),
            (0, 8),
            (3, 2),
            (62, 2),
            (1, 4),
            (0, 8),
            (64, 8),
            (SECTIONS, 8),
            (0, 4),
            (64, 2),
            (56, 2),
            (3, 2),
            (64, 2),
            (2, 2),
            (0, 2),
        ]);
        let segment = |kind: u32, flags, start, size| {
            let place = [(start, 8), (start, 8), (start, 8), (size, 8), (size, 8)];
            let all = [(kind.into(), 4), (flags, 4)].into_iter().chain(place);
            words(&all.chain([(4096, 8)]).collect::<Vec<_>>())
        };
        let segments = [
            segment(elf::PT_LOAD.0, 5, 0, LENGTH),
            segment(elf::PT_DYNAMIC.0, 4, DYNAMIC, 96),
            segment(elf::PT_GNU_STACK.0, 6, 0, 0),
        ];
        // No symbols, and one empty text.
        let dynamic = [
            (elf::DT_HASH, DYNAMIC + 96),
            (elf::DT_SYMTAB, DYNAMIC + 104),
            (elf::DT_SYMENT, 24),
            (elf::DT_STRTAB, DYNAMIC + 104),
            (elf::DT_STRSZ, 1),
            (elf::DT_NULL, 0),
        ];
        let dynamic = dynamic.map(|(tag, value)| words(&[(tag.0 as u64, 8), (value, 8)]));
        let section = words(&[
            (0, 4),
            (SHT_MOD.into(), 4),
            (2, 8),
            (MOD, 8),
            (MOD, 8),
            (32, 8),
            (0, 8),
            (8, 8),
            (0, 8),
        ]);
        let place = TEXT - MOD - ModSection::TEXT_FIELD;
        let fields = words(&[(1, 4), (0, 4), (0, 8), (place, 8), (text, 8)]);
        let all = [
            (0, header),
            (64, segments.concat()),
            (DYNAMIC, dynamic.concat()),
            (SECTIONS + 64, section),
            (MOD, fields),
            (TEXT, b"text".to_vec()),
        ];
        bytes.fill(0);
        for (start, part) in all {
            put((start, &part), bytes, at);
        }
    }

    /// Puts bytes of a place in the file among those that are read at `at`.
    fn put((start, part): (u64, &[u8]), bytes: &mut [u8], at: u64) {
        for (i, byte) in part.iter().enumerate() {
            let place = (start + i as u64).checked_sub(at);
            if let Some(to) = place.and_then(|place| bytes.get_mut(place as usize)) {
                *to = *byte;
            }
        }
    }

    /// A segment of notes, the fourth one of the image, and a note in it which says where the text
    /// is: in a section that begins `before` bytes before it.
    fn noted(before: u64, length: u64) -> [(u64, Vec<u8>); 3] {
        const NOTE: u64 = 0x200;
        let content = NOTE + 20;
        let fields = [
            (TEXT - before).wrapping_sub(content),
            (TEXT + length).wrapping_sub(content + 8),
            TEXT.wrapping_sub(content + 16),
            length,
        ];
        let note = [
            &5_u32.to_le_bytes()[..],
            &32_u32.to_le_bytes(),
            &2_u32.to_le_bytes(),
        ];
        let note = [
            note.concat(),
            b"dlkm\0\0\0\0".to_vec(),
            fields.map(u64::to_le_bytes).concat(),
        ];
        let note = note.concat();
        let size = note.len() as u64;
        let segment = [
            u64::from(elf::PT_NOTE.0) | 4 << 32,
            NOTE,
            NOTE,
            NOTE,
            size,
            size,
            4,
        ];
        [
            (56, vec![4, 0]),
            (64 + 3 * 56, segment.map(u64::to_le_bytes).concat()),
            (NOTE, note),
        ]
    }

    #[test]
    fn a_note_spares_the_reads_of_sections() {
        let text = b"format=2\0";
        let length = text.len() as u64;
        let found = |changes: &[(u64, Vec<u8>)], begins: &[u8]| {
            let reads = Cell::new(0);
            let found = find_in(LENGTH, &|bytes, at| {
                reads.set(reads.get() + 1);
                read(length, bytes, at);
                put((TEXT - 3, b"ab\0"), bytes, at);
                put((TEXT, text), bytes, at);
                put((TEXT, begins), bytes, at);
                changes
                    .iter()
                    .for_each(|(start, part)| put((*start, part), bytes, at));
                Ok(())
            });
            (found.unwrap().text, reads.get())
        };
        let by_sections = found(&[], b"");
        assert_eq!(by_sections, (text.to_vec(), 7));
        assert_eq!(found(&noted(0, length), b""), (text.to_vec(), 5));
        // Lines of tunables go first.
        assert_eq!(
            found(&noted(3, length), b""),
            (b"ab\0format=2\0".to_vec(), 5)
        );
        assert_eq!(found(&noted(0, length - 2), b"").1, 5);
        // What does not fit is looked for by the sections.
        for changes in [noted(0, u64::MAX / 2), noted(0, limits::METADATA + 1)] {
            assert_eq!(found(&changes, b""), by_sections);
        }
        let (moved, reads) = found(&noted(0, length), b"moved");
        assert_eq!(
            (&moved[..5], reads),
            (&b"moved"[..], 8),
            "the text is elsewhere"
        );
        let mut of_others = noted(0, length);
        of_others[2].1[12] = b'D';
        assert_eq!(found(&of_others, b""), by_sections);
    }

    #[test]
    fn how_much_is_read_does_not_depend_on_the_files_length() {
        let (reads, sum) = (Cell::new(0), Cell::new(0));
        let found = find_in(LENGTH, &|bytes, at| {
            assert!(at + bytes.len() as u64 <= LENGTH, "past the end");
            reads.set(reads.get() + 1);
            sum.set(sum.get() + bytes.len());
            read(4, bytes, at);
            Ok(())
        });
        assert_eq!(found.unwrap().text, b"text");
        // The head, the dynamic section, the hash table's header, the texts, two sections, the
        // SHT_MOD section, the text.
        let parts = HEAD + 96 + 8 + 1 + 2 * 64 + 32 + 4;
        assert_eq!((reads.get(), sum.get()), (7, parts));
    }

    #[test]
    fn a_list_reads_nothing_that_only_the_dynamic_linker_needs() {
        const RELOCATIONS: u64 = 0x2000;
        let tables = [
            (elf::DT_HASH, DYNAMIC + 200),
            (elf::DT_SYMTAB, DYNAMIC + 208),
            (elf::DT_SYMENT, 24),
            (elf::DT_STRTAB, DYNAMIC + 208),
            (elf::DT_STRSZ, 1),
            (elf::DT_RELA, RELOCATIONS),
            (elf::DT_RELASZ, 24),
            (elf::DT_RELAENT, 24),
            (elf::DT_NULL, 0),
        ];
        let tables = tables.map(|(tag, value)| [tag.0 as u64, value].map(u64::to_le_bytes));
        let tables = tables.as_flattened().concat();
        // A section that ends where it begins, and one with a table that is wrong.
        for (dynamic, says) in [
            (vec![0; 16], "it has no hash table"),
            (tables, "a relocation is impossible"),
        ] {
            let sizes = [dynamic.len() as u64; 2].map(u64::to_le_bytes).concat();
            let serve = |bytes: &mut [u8], at| {
                read(4, bytes, at);
                put((DYNAMIC, &dynamic), bytes, at);
                put((64 + 56 + 32, &sizes), bytes, at);
                put((RELOCATIONS, &[0xff; 24]), bytes, at);
                Ok(())
            };
            let error = find_in(LENGTH, &serve).map(drop).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
            let text = text_in(LENGTH, &|bytes, at| {
                assert!(at != DYNAMIC && at != RELOCATIONS);
                serve(bytes, at)
            });
            assert_eq!(text.unwrap(), b"text");
        }
    }

    #[test]
    fn metadata_beyond_the_limit_is_not_read() {
        for length in [limits::METADATA + 1, 8 << 30, LENGTH - TEXT] {
            let found = find_in(LENGTH, &|bytes, at| {
                assert!(bytes.len() <= HEAD);
                read(length, bytes, at);
                Ok(())
            });
            let error = found.map(drop).unwrap_err().to_string();
            let limit = format!("more than {} bytes", limits::METADATA);
            assert!(error.contains(&limit), "{error}");
        }
    }
}
