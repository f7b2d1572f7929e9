//! The bzip2 driver. It uses `bzip2` with `libbz2-rs-sys`, which is written in Rust.

use std::io::{Read, Write};

use bzip2::bufread::BzDecoder;
use dcat_api::{CodecError, decode_members};
use dlkm_rt::module;

/// The first byte of each stream.
const MAGIC: u8 = b'B';

/// Decodes bzip2; see [`dcat_api::Bzip2`].
pub struct Bzip2Driver;

#[module(
    kind = "codec",
    desc = "bzip2 decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Bzip2 for Bzip2Driver {
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode_members(input, output, MAGIC, "bzip2 stream", |source, sink| {
            sink.drain(&mut BzDecoder::new(source))
        })
    }
}
