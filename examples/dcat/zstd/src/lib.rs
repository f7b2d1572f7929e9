//! The Zstandard driver, on `zstd`: the reference library, built in.

use std::io::{Read, Write};

use dcat_api::{CodecError, Sink, Source, input_error};
use dlkm_rt::module;
use zstd::stream::read::Decoder;

/// The largest window that the format's reference decoder can be allowed, 2 GiB. Its default is 128 MiB,
/// which `zstd --long=31` files exceed.
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
