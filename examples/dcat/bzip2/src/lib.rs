//! The bzip2 driver. It uses `bzip2` with `libbz2-rs-sys`, which is written in Rust.

use std::io::{Read, Write};

use bzip2::bufread::BzDecoder;
use dcat_api::{Answer, CodecError, decode_members};
use dlkm_rt::module;

/// The first byte of each stream.
const MAGIC: u8 = b'B';

/// Decodes bzip2, including files of several streams.
pub struct Bzip2Driver;

#[module(
    name = "bzip2",
    keys = ["bzip2", "bz2"],
    // The last byte is the size of the blocks.
    magic = [
        b"BZh1", b"BZh2", b"BZh3", b"BZh4", b"BZh5", b"BZh6", b"BZh7", b"BZh8", b"BZh9",
    ],
    extensions = ["bz2", "tbz2"],
    kind = "codec",
    desc = "bzip2 decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Codec for Bzip2Driver {
    fn probe(_: &mut dyn Read) -> Result<Answer, CodecError> {
        Ok(Answer::Yes)
    }

    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode_members(input, output, MAGIC, "bzip2 stream", |source, sink| {
            sink.drain(&mut BzDecoder::new(source))
        })
    }
}
