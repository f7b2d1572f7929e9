//! Reads the notes in which an ELF file says what it may load while it runs. Nothing in the file is
//! trusted, and it may be any ELF file: a program, or a library of another project.

use std::path::Path;

use object::elf::{FileHeader32, FileHeader64, PT_NOTE};
use object::read::elf::{FileHeader, ProgramHeader};
use object::{Endianness, elf};

use crate::dlopen_note::{OWNER, TYPE};
use crate::error::ReadError;
use crate::metadata::Metadata;
use crate::parts::{BUFFER, Parts, ReadAt, Source};
use crate::{limits, os};

/// Reads the texts of the notes `.note.dlopen` of any ELF file. Each is a JSON array of objects, in
/// which `soname` lists the names under which a library may be loaded. None of the file's code runs.
///
/// The format is UAPI.12, "ELF dlopen metadata". A host has a note for each interface of the crates
/// that are linked into it.
///
/// # Errors
/// The file can't be read, is not an ELF file, its notes are damaged, or they are beyond
/// [`limits::NOTES`].
pub fn dlopen_notes(file: &Path) -> Result<Vec<String>, ReadError> {
    let file = Metadata::open(file)?;
    let length = os::length(&file)
        .map_err(ReadError::Io)?
        .map_err(ReadError::NotRegular)?;
    if length == 0 {
        return Err(ReadError::Empty);
    }
    notes_in(length, &|bytes, at| os::read_at(&file, bytes, at))
}

fn notes_in(length: u64, read_at: &ReadAt<'_>) -> Result<Vec<String>, ReadError> {
    let source = Source::new(length, read_at);
    let mut buffer = BUFFER;
    let parts = Parts::of(source, &mut buffer)?;
    let head = parts.head().bytes;
    if !head.starts_with(&elf::ELFMAG) {
        return Err(ReadError::NotElf(
            "it does not begin with the ELF magic".to_owned(),
        ));
    }
    match head.get(elf::ELFMAG.len()) {
        Some(1) => of_class::<FileHeader32<Endianness>>(&parts),
        _ => of_class::<FileHeader64<Endianness>>(&parts),
    }
}

fn of_class<Header: FileHeader<Endian = Endianness>>(
    parts: &Parts<'_>,
) -> Result<Vec<String>, ReadError> {
    let header =
        Header::parse(parts.head()).map_err(|error| ReadError::NotElf(format!("{error}")))?;
    let endian = header
        .endian()
        .map_err(|error| ReadError::NotElf(format!("{error}")))?;
    let count = header.e_phnum(endian);
    if usize::from(count) > limits::SEGMENTS {
        return Err(damaged("its segment table has too many entries"));
    }
    let size = u64::from(count) * size_of::<Header::ProgramHeader>() as u64;
    let mut kept = Vec::new();
    let table = parts.get(header.e_phoff(endian).into(), size, &mut kept)?;
    let segments = header
        .program_headers(endian, table)
        .map_err(|_| ReadError::Truncated("it ends within its segment table".to_owned()))?;
    let mut found = Vec::new();
    let mut left = limits::NOTES;
    for segment in segments {
        if segment.p_type(endian) != PT_NOTE {
            continue;
        }
        let (start, size) = (
            segment.p_offset(endian).into(),
            segment.p_filesz(endian).into(),
        );
        left = left.checked_sub(size).ok_or_else(|| {
            damaged(&format!(
                "its notes have more than {} bytes, the limit",
                limits::NOTES
            ))
        })?;
        let mut bytes = vec![0; size as usize];
        if start
            .checked_add(size)
            .is_none_or(|end| end > parts.source().length())
        {
            return Err(ReadError::Truncated("it ends within its notes".to_owned()));
        }
        parts.source().fill(start, &mut bytes)?;
        // Notes of another alignment are not of this type.
        if segment.p_align(endian).into() <= 4 {
            collect(&bytes, endian, &mut found)?;
        }
    }
    Ok(found)
}

/// One note of any owner.
struct Note<'a> {
    owner: &'a [u8],
    kind: u32,
    text: &'a [u8],
    /// The bytes after it.
    rest: &'a [u8],
}

impl<'a> Note<'a> {
    /// The first note in `bytes`. The last one need not be padded.
    fn first(bytes: &'a [u8], endian: Endianness) -> Option<Self> {
        let word = |at: usize| {
            let word = bytes.get(at..at + 4)?.try_into().ok()?;
            Some(match endian {
                Endianness::Little => u32::from_le_bytes(word),
                Endianness::Big => u32::from_be_bytes(word),
            })
        };
        let (owner_size, text_size, kind) = (word(0)? as usize, word(4)? as usize, word(8)?);
        let (owner, rest) = bytes.get(12..)?.split_at_checked(owner_size)?;
        let rest = rest.get(padding(owner_size)..)?;
        let (text, rest) = rest.split_at_checked(text_size)?;
        let rest = rest.get(padding(text_size)..).unwrap_or_default();
        Some(Note {
            owner,
            kind,
            text,
            rest,
        })
    }
}

/// Adds the texts of the notes in a segment.
fn collect(mut rest: &[u8], endian: Endianness, found: &mut Vec<String>) -> Result<(), ReadError> {
    while !rest.is_empty() {
        let note = Note::first(rest, endian).ok_or_else(|| damaged("a note of it is cut short"))?;
        if note.owner == OWNER && note.kind == TYPE {
            let end = note.text.iter().position(|&byte| byte == 0);
            let text = note.text.get(..end.unwrap_or(note.text.len()));
            let text = String::from_utf8(text.unwrap_or(note.text).to_owned());
            found.push(text.map_err(|_| damaged("the text of its note is not UTF-8"))?);
        }
        rest = note.rest;
    }
    Ok(())
}

/// How many bytes follow a field of this size, so that the next one is aligned.
fn padding(size: usize) -> usize {
    size.wrapping_neg() & 3
}

fn damaged(what: &str) -> ReadError {
    ReadError::Damaged(what.to_owned())
}

#[cfg(test)]
mod tests;
