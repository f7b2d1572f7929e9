//! The linker's build id of an image: the name of a build, which tells one build from another.

use std::fmt;
use std::fs::File;
use std::path::Path;

use object::elf::{ELFMAG, NT_GNU_BUILD_ID, PT_NOTE};

use crate::error::ReadError;
use crate::metadata::Metadata;
use crate::os;

/// The build id of an image: a number that the linker computes from the image's content
/// (`--build-id`, which most systems' compilers ask for). `readelf -n` shows it. Two images with one
/// build id have the same code and the same data.
///
/// `Display` writes it in hexadecimal digits, as `readelf` does.
///
/// ```
/// use dlkm_metadata::BuildId;
///
/// // A note: the lengths of name and content, the type, the name, the content.
/// let note = b"\x04\0\0\0\x03\0\0\0\x03\0\0\0GNU\0\x0a\xbc\xde\0";
/// let id = BuildId::in_notes(note, 4).expect("it has one");
/// assert_eq!(id.to_string(), "0abcde");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct BuildId(Box<[u8]>);

/// How long an id may be, in bytes. Linkers write 8, 16 or 20, or what they are told.
const MOST_BYTES: usize = 64;
/// How many segments an image may have, and how long its notes may be, in bytes. The linker writes
/// about ten segments, and some hundred bytes of notes.
const MOST_SEGMENTS: u16 = 256;
const MOST_NOTES: u64 = 1 << 16;

/// The size of an ELF header, and that of an entry of the segment table, in bytes.
const HEADER: usize = 64;
const SEGMENT: usize = 56;

impl BuildId {
    /// Reads the build id of the image `file`, running none of its code; `None` if it has none.
    ///
    /// # Errors
    /// The file can't be read, is not a 64-bit ELF file, or is cut short.
    pub fn read(file: &Path) -> Result<Option<Self>, ReadError> {
        BuildId::read_from(&Metadata::open(file)?)
    }

    /// Like [`read`](Self::read), from an open file.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_from(file: &File) -> Result<Option<Self>, ReadError> {
        let length = os::length(file).map_err(ReadError::Io)?;
        let length = length.map_err(ReadError::NotRegular)?;
        let header = part(file, length, 0, HEADER)?;
        // 64 bits, with the least byte first.
        if !header.starts_with(&ELFMAG) || header[4..6] != [2, 1] {
            return Err(not_elf("it has no ELF header of 64 bits"));
        }
        let (size, count) = (u16_at(&header, 54), u16_at(&header, 56));
        if usize::from(size) != SEGMENT || count > MOST_SEGMENTS {
            return Err(not_elf("its segment table has another size"));
        }
        let table = part(
            file,
            length,
            u64_at(&header, 32),
            SEGMENT * usize::from(count),
        )?;
        for segment in table.chunks_exact(SEGMENT) {
            let (start, size) = (u64_at(segment, 8), u64_at(segment, 32));
            if u32_at(segment, 0) != PT_NOTE.0 || size > MOST_NOTES {
                continue;
            }
            let notes = part(file, length, start, size as usize)?;
            if let Some(id) = Self::in_notes(&notes, u64_at(segment, 48)) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Finds the build id among the notes of a segment (`PT_NOTE`), which has this alignment; `None`
    /// if there is none, or if the notes are damaged before it.
    pub fn in_notes(mut notes: &[u8], align: u64) -> Option<Self> {
        let align = if align == 8 { 8 } else { 4 };
        loop {
            let header = notes.get(..12)?;
            let [name, content] = [0, 4].map(|at| u32_at(header, at) as usize);
            let start = (12 + name).next_multiple_of(align);
            let end = start + content;
            let text = notes.get(12..12 + name)?;
            let id = notes.get(start..end)?;
            let is_id = u32_at(header, 8) == NT_GNU_BUILD_ID.0 && text == b"GNU\0";
            if is_id && (1..=MOST_BYTES).contains(&id.len()) {
                return Some(BuildId(id.into()));
            }
            notes = notes.get(end.next_multiple_of(align)..)?;
        }
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for BuildId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BuildId({self})")
    }
}

fn not_elf(what: &str) -> ReadError {
    ReadError::NotElf(what.to_owned())
}

/// A part of the file, which must be there as a whole.
fn part(file: &File, length: u64, start: u64, size: usize) -> Result<Vec<u8>, ReadError> {
    let end = start.checked_add(size as u64);
    if end.is_none_or(|end| end > length) {
        return Err(ReadError::Truncated(
            "it ends before its headers and notes do".to_owned(),
        ));
    }
    let mut bytes = vec![0; size];
    os::read_at(file, &mut bytes, start).map_err(ReadError::Io)?;
    Ok(bytes)
}

/// A number in a structure whose length is known.
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(kind: u32, name: &[u8], content: &[u8], align: usize) -> Vec<u8> {
        let mut note = Vec::new();
        for number in [name.len() as u32, content.len() as u32, kind] {
            note.extend(number.to_le_bytes());
        }
        for part in [name, content] {
            note.extend(part);
            note.resize(note.len().next_multiple_of(align), 0);
        }
        note
    }

    #[test]
    fn the_id_is_found_among_other_notes() {
        for align in [4, 8] {
            let notes = [
                note(5, b"GNU\0", &[1; 16], align),
                note(3, b"Go\0\0", b"another", align),
                note(3, b"GNU\0", b"\x01\xfe", align),
            ];
            let id = BuildId::in_notes(&notes.concat(), align as u64).unwrap();
            assert_eq!(
                (id.to_string(), id.bytes()),
                ("01fe".to_owned(), &b"\x01\xfe"[..])
            );
            assert_eq!(BuildId::in_notes(&notes[..2].concat(), align as u64), None);
        }
    }

    #[test]
    fn damaged_notes_have_no_id() {
        let whole = note(3, b"GNU\0", &[7; 20], 4);
        for length in 0..whole.len() {
            assert_eq!(BuildId::in_notes(&whole[..length], 4), None, "{length}");
        }
        for byte in 0..8 {
            let mut notes = whole.clone();
            notes[byte] = 0xff;
            assert_eq!(BuildId::in_notes(&notes, 4), None, "{byte}");
        }
        assert_eq!(BuildId::in_notes(&note(3, b"GNU\0", &[], 4), 4), None);
        assert_eq!(BuildId::in_notes(&note(3, b"GNU\0", &[7; 65], 4), 4), None);
    }

    #[test]
    fn a_file_that_is_cut_short_is_an_error_or_has_no_id() {
        let program = std::fs::read("/proc/self/exe").unwrap();
        let folder = std::env::temp_dir();
        let file = folder.join(format!("dlkm-build-id-{}", std::process::id()));
        let read = |bytes: &[u8]| {
            std::fs::write(&file, bytes).unwrap();
            BuildId::read(&file)
        };
        let whole = read(&program).unwrap();
        for length in (0..1024).step_by(13) {
            let cut = read(&program[..length]);
            assert!(cut.is_err() || cut.unwrap() == whole, "{length}");
        }
        for at in (0..1024).step_by(7) {
            let mut changed = program[..2048].to_vec();
            changed[at] ^= 0x80;
            // Whatever it says, it does not panic.
            let _ = read(&changed);
        }
        std::fs::remove_file(&file).unwrap();
        assert!(BuildId::read(&folder).is_err());
    }
}
