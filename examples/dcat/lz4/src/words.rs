//! The errors of `lz4_flex` in words. The crate shows them by the names of its variants.

use std::io::{self, Read};

use lz4_flex::block::DecompressError;
use lz4_flex::frame::Error;

/// A decoder whose own errors are words. The errors of its reader pass as they are.
pub(crate) struct InWords<R>(pub(crate) R);

impl<R: Read> Read for InWords<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.0.read(buf).map_err(|error| {
            let own = error.get_ref().and_then(|inner| inner.downcast_ref());
            match own.map(of_frame) {
                Some(words) => io::Error::new(error.kind(), words),
                None => error,
            }
        })
    }
}

fn of_frame(error: &Error) -> String {
    match error {
        Error::DecompressionError(error) => return of_block(error),
        Error::UnsupportedVersion(version) => {
            return format!("version {version} of the frame format is unknown");
        }
        Error::ContentLengthError { expected, actual } => {
            return format!("its header says {expected} bytes of content, and it has {actual}");
        }
        Error::UnsupportedBlocksize(_) => "the frame header has an unknown block size",
        Error::WrongMagicNumber => "it does not begin like an LZ4 frame",
        Error::ReservedBitsSet => "the frame header has bits set that are reserved",
        Error::InvalidBlockInfo => "the header of a block is not valid",
        Error::BlockTooBig => "a block is larger than the frame header says",
        Error::HeaderChecksumError => "the checksum of the frame header does not match",
        Error::BlockChecksumError => "the checksum of a block does not match",
        Error::ContentChecksumError => "the checksum of the content does not match",
        Error::DictionaryNotSupported => {
            "it was compressed with a dictionary, which is not supported"
        }
        other => return other.to_string(),
    }
    .to_owned()
}

pub(crate) fn of_block(error: &DecompressError) -> String {
    match error {
        DecompressError::OutputTooSmall { .. } => "a block has more content than it may have",
        DecompressError::LiteralOutOfBounds | DecompressError::ExpectedAnotherByte => {
            "the data of a block ends too early"
        }
        DecompressError::OffsetZero => "a block has a copy from a distance of 0",
        DecompressError::OffsetOutOfBounds => {
            "a block has a copy from before the start of the content"
        }
        other => return other.to_string(),
    }
    .to_owned()
}
