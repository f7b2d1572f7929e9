//! Skippable frames, which zstd and LZ4 share: only the frame after them shows the format.

use std::io::{self, Read};
use std::ops::RangeInclusive;

use crate::{Answer, CodecError};

/// How a skippable frame begins; its length follows.
const SKIPPABLE: RangeInclusive<u32> = 0x184d_2a50..=0x184d_2a5f;

/// The length of the head of a skippable frame.
const HEAD: u64 = 8;

/// How far to look for the first frame that is not skippable.
const FARTHEST: u64 = 1024 * 1024;

/// Whether the first frame that is not skippable begins with one of `magics`. Reads 1 MiB at most.
///
/// # Errors
///
/// [`CodecError::Read`] if the reader failed.
pub fn probe_frames(beginning: &mut dyn Read, magics: &[u32]) -> Result<Answer, CodecError> {
    let mut position = 0;
    loop {
        let first = up_to_4(beginning)?;
        let Some(magic) = number(&first) else {
            return Ok(match (position, first.len()) {
                (0, _) => Answer::No,
                // There are only skippable frames. For either decoder, the content is empty.
                (_, 0) => Answer::Yes,
                _ => Answer::Unclear,
            });
        };
        if magics.contains(&magic) {
            return Ok(Answer::Yes);
        }
        if !SKIPPABLE.contains(&magic) {
            return Ok(Answer::No);
        }
        let Some(len) = number(&up_to_4(beginning)?) else {
            return Ok(Answer::Unclear);
        };
        position += HEAD + u64::from(len);
        if position + HEAD > FARTHEST {
            return Ok(Answer::Unclear);
        }
        let mut content = Read::take(&mut *beginning, len.into());
        let skipped = io::copy(&mut content, &mut io::sink()).map_err(failed)?;
        if skipped < len.into() {
            // The file ends inside the frame; either decoder reports that.
            return Ok(Answer::Yes);
        }
    }
}

fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.try_into().ok()?))
}

/// The next 4 bytes, or fewer at the end.
fn up_to_4(beginning: &mut dyn Read) -> Result<Vec<u8>, CodecError> {
    let mut bytes = Vec::with_capacity(4);
    let mut next = Read::take(&mut *beginning, 4);
    next.read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}

fn failed(error: io::Error) -> CodecError {
    CodecError::Read(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAGIC: u32 = 0xfd2f_b528;
    const FRAME: &[u8] = b"\x5e\x2a\x4d\x18\x03\0\0\0abc";

    /// The answer, and how many bytes were read for it.
    fn probe(file: &[u8]) -> (Answer, usize) {
        let mut left = file;
        let answer = probe_frames(&mut left, &[7, MAGIC]).unwrap();
        (answer, file.len() - left.len())
    }

    #[test]
    fn the_first_frame_that_is_not_skippable_decides() {
        let more = b"\x28\xb5\x2f\xfd and so on";
        assert_eq!(probe(more), (Answer::Yes, 4));
        assert_eq!(probe(b"\x07\0\0\0 and so on"), (Answer::Yes, 4));
        assert_eq!(probe(b"text"), (Answer::No, 4));
        let front = FRAME.repeat(2);
        assert_eq!(probe(&[&front, &more[..]].concat()), (Answer::Yes, 26));
        assert_eq!(
            probe(&[&front, &b"\x1f\x8b\x08\0"[..]].concat()),
            (Answer::No, 26)
        );
    }

    #[test]
    fn a_file_may_end_anywhere() {
        for len in 0..4 {
            assert_eq!(probe(&FRAME[..len]), (Answer::No, len));
        }
        for len in 4..8 {
            assert_eq!(probe(&FRAME[..len]), (Answer::Unclear, len));
        }
        for len in 8..=FRAME.len() {
            assert_eq!(probe(&FRAME[..len]), (Answer::Yes, len));
        }
        let half = [FRAME, b"\x28\xb5"].concat();
        assert_eq!(probe(&half), (Answer::Unclear, half.len()));
    }

    #[test]
    fn the_search_does_not_go_far() {
        let long = b"\x50\x2a\x4d\x18\xff\xff\xff\xff and so on";
        assert_eq!(probe(long), (Answer::Unclear, 8));
        let empty = b"\x50\x2a\x4d\x18\0\0\0\0".repeat(1 << 18);
        assert_eq!(probe(&empty), (Answer::Unclear, FARTHEST as usize));
        let end = &empty[..FARTHEST as usize - 8];
        assert_eq!(
            probe(&[end, b"\x28\xb5\x2f\xfd"].concat()),
            (Answer::Yes, end.len() + 4)
        );
    }

    #[test]
    fn an_error_of_the_reader_is_one() {
        struct Failing;
        impl Read for Failing {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::ErrorKind::BrokenPipe.into())
            }
        }
        for read in [0, 4, 9] {
            let error = probe_frames(&mut (&FRAME[..read]).chain(Failing), &[MAGIC]).unwrap_err();
            assert!(matches!(error, CodecError::Read(_)), "{error:?}");
        }
    }
}
