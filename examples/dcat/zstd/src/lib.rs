//! The Zstandard driver. It uses `zstd`, which contains the reference library.

use std::io::{Read, Write};

use dcat_api::{CodecError, Sink, Source, input_error};
use dlkm_rt::module;
use zstd::stream::read::Decoder;

/// The largest window that the reference decoder supports, 2 GiB. Files of `zstd --long=31` exceed its
/// default limit of 128 MiB.
const WINDOW_LOG_MAX: u32 = 31;

/// Decodes Zstandard; see [`dcat_api::Zstd`].
pub struct ZstdDriver;

#[module(
    kind = "codec",
    desc = "Zstandard (RFC 8878) decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Zstd for ZstdDriver {
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
