use std::io;
use std::mem::transmute;

use super::*;
use crate::dlopen_note::DlopenNote;

const ONE: &str = r#"[{"soname":["shm.so"]}]"#;
const TWO: &str = r#"[{"soname":["a.so","b.so"]}]"#;

/// The bytes of notes as the linker puts them together, after one of another owner.
fn notes() -> Vec<u8> {
    const SIZES: [usize; 2] = [DlopenNote::size(ONE), DlopenNote::size(TWO)];
    // SAFETY: both types have these sizes, and a note has no padding: its last field is a multiple
    // of its alignment.
    let one: [u8; 16 + SIZES[0]] = unsafe { transmute(DlopenNote::<{ SIZES[0] }>::new(ONE)) };
    // SAFETY: as above.
    let two: [u8; 16 + SIZES[1]] = unsafe { transmute(DlopenNote::<{ SIZES[1] }>::new(TWO)) };
    let mut other = Vec::new();
    for word in [4_u32, 3, 3] {
        other.extend(word.to_ne_bytes());
    }
    other.extend(b"GNU\0id!\0");
    [&other[..], &one, &two].concat()
}

/// A file with one segment, which is `notes`.
fn file(notes: &[u8]) -> Vec<u8> {
    let mut file = vec![0; 120];
    file[..8].copy_from_slice(b"\x7fELF\x02\x01\x01\0");
    for (at, value) in [(16, 2), (18, 62), (20, 1), (32, 64), (54, 56), (56, 1)] {
        file[at] = value;
    }
    file[64] = 4;
    file[72] = 120;
    file[96..104].copy_from_slice(&(notes.len() as u64).to_le_bytes());
    file[112] = 4;
    file.extend(notes);
    file
}

fn read(file: &[u8]) -> Result<Vec<String>, ReadError> {
    notes_in(file.len() as u64, &|bytes, at| {
        let part = file
            .get(at as usize..)
            .and_then(|rest| rest.get(..bytes.len()));
        bytes.copy_from_slice(part.ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    })
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(read(&file(&notes())).unwrap(), [ONE, TWO]);
}

#[test]
fn a_last_note_need_not_be_padded() {
    let mut notes = notes();
    notes.truncate(notes.len() - DlopenNote::size(TWO) + TWO.len());
    // The size in the note still counts the NUL.
    assert!(read(&file(&notes)).is_err());
    let at = notes.len() - TWO.len() - 12;
    notes[at..at + 4].copy_from_slice(&(TWO.len() as u32).to_ne_bytes());
    assert_eq!(read(&file(&notes)).unwrap(), [ONE, TWO]);
}

/// Each byte with each bit turned, and each length: an error or texts, within the limits.
#[test]
fn no_damage_ends_in_a_panic() {
    let whole = file(&notes());
    for at in 0..whole.len() {
        let _ = read(&whole[..at]);
        for bit in 0..8 {
            let mut damaged = whole.clone();
            damaged[at] ^= 1 << bit;
            let _ = read(&damaged);
        }
        let mut damaged = whole.clone();
        for byte in damaged.iter_mut().skip(at).take(8) {
            *byte = 0xff;
        }
        let _ = read(&damaged);
    }
    let cut = read(&whole[..whole.len() - 1]).unwrap_err();
    assert!(matches!(cut, ReadError::Truncated(_)), "{cut}");
}

#[test]
fn notes_beyond_the_limit_are_not_read() {
    let mut large = file(&notes());
    large[96..104].copy_from_slice(&(limits::NOTES + 1).to_le_bytes());
    let error = read(&large).unwrap_err().to_string();
    assert!(error.contains("the limit"), "{error}");
}

#[test]
fn a_text_that_is_not_utf_8_is_an_error() {
    let mut notes = notes();
    let last = notes.len() - 8;
    notes[last] = 0xff;
    let error = read(&file(&notes)).unwrap_err().to_string();
    assert!(error.contains("not UTF-8"), "{error}");
}
