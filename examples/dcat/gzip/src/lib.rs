//! The gzip driver, on `flate2` with `zlib-rs` behind it: Rust throughout, and about as fast as zlib-ng.

use std::io::{BufRead, Read, Write};

use dcat_api::{CodecError, Sink, Source, input_error};
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
        decode(input, output)
    }
}

/// Member by member rather than with `MultiGzDecoder`, which takes a tape's zero padding for a bad member.
///
/// `gzip` itself only warns of other trailing bytes, with exit status 2. A caller of a function sees no
/// warning, so here they are an error, after all members have been written.
fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
    let mut source = Source::new(input);
    let mut sink = Sink::new(output);
    loop {
        sink.drain(&mut GzDecoder::new(&mut source))?;
        match source.fill_buf().map_err(input_error)?.first().copied() {
            None => return Ok(sink.written()),
            Some(MAGIC) => {}
            Some(_) if source.rest_is_zeros()? => return Ok(sink.written()),
            Some(_) => {
                return Err(CodecError::Damaged(
                    "trailing garbage after the last gzip member".to_owned(),
                ));
            }
        }
    }
}
