//! The gzip driver. It uses `flate2` with `zlib-rs`, which is written in Rust and about as fast as zlib-ng.

use std::io::{Read, Write};

use dcat_api::{CodecError, decode_members};
use dlkm_rt::module;
use flate2::bufread::GzDecoder;

/// The first byte of each member.
const MAGIC: u8 = 0x1f;

/// Decodes gzip; see [`dcat_api::Gzip`].
pub struct GzipDriver;

#[module(
    kind = "codec",
    desc = "gzip (RFC 1952) decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Gzip for GzipDriver {
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode_members(input, output, MAGIC, "gzip member", |source, sink| {
            sink.drain(&mut GzDecoder::new(source))
        })
    }
}
