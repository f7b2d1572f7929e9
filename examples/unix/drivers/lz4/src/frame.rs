//! LZ4 frames: how long one is, and what is in it.

use std::io::{self, Read, Write};

use lz4_flex::frame::{Error, FrameDecoder, FrameEncoder};

/// The largest frame, compressed and unpacked.
pub(crate) const LARGEST: usize = 1 << 20;

const MAGIC: [u8; 4] = [0x04, 0x22, 0x4d, 0x18];
/// Bits of the byte FLG.
const BLOCK_CHECKSUMS: u8 = 0x10;
const CONTENT_SIZE: u8 = 0x08;
const CONTENT_CHECKSUM: u8 = 0x04;
const DICTIONARY: u8 = 0x01;
/// Of a block's size: it is not compressed.
const STORED: u32 = 0x8000_0000;

/// The length of the first frame; `None` if the bytes end before it does.
///
/// The decoder can't say that: to it, an end between two blocks is like that of the frame.
///
/// # Errors
/// The bytes are no frame, or it is too large.
pub(crate) fn length(bytes: &[u8]) -> io::Result<Option<usize>> {
    let known = bytes.len().min(MAGIC.len());
    if bytes[..known] != MAGIC[..known] {
        return Err(invalid("no frame of LZ4 begins here"));
    }
    let Some(flags) = bytes.get(MAGIC.len()) else {
        return Ok(None);
    };
    let has = |bit| usize::from(flags & bit != 0);
    // FLG, BD and the header's checksum.
    let mut at = MAGIC.len() + 3 + 8 * has(CONTENT_SIZE) + 4 * has(DICTIONARY);
    while let Some(size) = bytes.get(at..at + 4) {
        let size = u32::from_le_bytes([size[0], size[1], size[2], size[3]]);
        at += 4;
        if size == 0 {
            at += 4 * has(CONTENT_CHECKSUM);
            return Ok((at <= bytes.len()).then_some(at));
        }
        let size = (size & !STORED) as usize;
        if size > LARGEST {
            return Err(invalid("a block is too large"));
        }
        at += size + 4 * has(BLOCK_CHECKSUMS);
    }
    match bytes.len() > LARGEST {
        true => Err(invalid("a frame is too large")),
        false => Ok(None),
    }
}

/// The content of a frame.
///
/// # Errors
/// It is damaged, or too large.
pub(crate) fn unpacked(frame: &[u8]) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    let mut decoder = FrameDecoder::new(frame).take(LARGEST as u64 + 1);
    decoder.read_to_end(&mut content)?;
    match content.len() > LARGEST {
        true => Err(invalid("the content of a frame is too large")),
        false => Ok(content),
    }
}

/// A frame with this content.
///
/// # Errors
/// The encoder's.
pub(crate) fn packed(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = FrameEncoder::new(Vec::new());
    encoder.write_all(content)?;
    encoder
        .finish()
        .map_err(|error: Error| io::Error::other(error.to_string()))
}

fn invalid(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why)
}
