//! The driver of Snappy's frame format. It uses `snap`, which is written in Rust.

use std::io::{Read, Write};

use dcat_api::{Answer, CodecError, Sink, Source};
use dlkm_rt::module;
use snap::read::FrameDecoder;

/// Decodes the frame format of Snappy, including files of several streams. Blocks without a frame have no
/// mark and no checksum, and are not supported.
pub struct SnappyDriver;

#[module(
    name = "snappy",
    keys = ["snappy", "sz"],
    magic = [b"\xff\x06\0\0sNaPpY"],
    extensions = ["sz"],
    kind = "codec",
    desc = "Snappy frame decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Codec for SnappyDriver {
    fn probe(_: &mut dyn Read) -> Result<Answer, CodecError> {
        Ok(Answer::Yes)
    }

    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        let mut sink = Sink::new(output);
        sink.drain(&mut FrameDecoder::new(Source::new(input)))?;
        Ok(sink.written())
    }
}
