//! The Zstandard driver. It uses `zstd`, which contains the reference library.

use std::io::{Read, Write};

use dcat_api::{Answer, CodecError, Sink, Source, input_error, probe_frames};
use dlkm_rt::module;
use zstd::stream::read::Decoder;

/// The largest window that the reference decoder supports, 2 GiB. Files of `zstd --long=31` exceed its
/// default limit of 128 MiB.
const WINDOW_LOG_MAX: u32 = 31;

/// How a frame begins.
const MAGIC: u32 = 0xfd2f_b528;

/// Decodes Zstandard (RFC 8878), including files of several frames and skippable frames.
///
/// Windows of up to 2 GiB (`zstd --long=31`) are accepted, and take that much memory.
pub struct ZstdDriver;

#[module(
    name = "zstd",
    keys = ["zstd", "zst"],
    // A frame, and a skippable frame.
    magic = [b"\x28\xb5\x2f\xfd", (0, b"\xf0\xff\xff\xff", b"\x50\x2a\x4d\x18")],
    extensions = ["zst", "tzst"],
    kind = "codec",
    desc = "Zstandard (RFC 8878) decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Codec for ZstdDriver {
    fn probe(beginning: &mut dyn Read) -> Result<Answer, CodecError> {
        probe_frames(beginning, &[MAGIC])
    }

    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode(input, output)
    }
}

fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
    let mut sink = Sink::new(output);
    let mut decoder = Decoder::with_buffer(Source::new(input)).map_err(input_error)?;
    decoder
        .window_log_max(WINDOW_LOG_MAX)
        .map_err(input_error)?;
    sink.drain(&mut decoder)?;
    Ok(sink.written())
}
