//! The gzip driver. It uses `flate2` with `zlib-rs`, which is written in Rust and about as fast as zlib-ng.

use std::io::{Read, Write};

use dcat_api::{Answer, CodecError, decode_members};
use dlkm_rt::module;
use flate2::bufread::GzDecoder;

/// The first byte of each member.
const MAGIC: u8 = 0x1f;

/// Decodes gzip (RFC 1952), including files of several members.
pub struct GzipDriver;

#[module(
    name = "gzip",
    keys = ["gzip", "gz"],
    magic = [b"\x1f\x8b"],
    extensions = ["gz", "tgz"],
    kind = "codec",
    desc = "gzip (RFC 1952) decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Codec for GzipDriver {
    fn probe(_: &mut dyn Read) -> Result<Answer, CodecError> {
        Ok(Answer::Yes)
    }

    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode_members(input, output, MAGIC, "gzip member", |source, sink| {
            sink.drain(&mut GzDecoder::new(source))
        })
    }
}
