//! The bzip2 driver, on `bzip2` with `libbz2-rs-sys` behind it: Rust throughout.

use std::io::{BufRead, Read, Write};

use bzip2::bufread::BzDecoder;
use dcat_api::{CodecError, Sink, Source, input_error};
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
        decode(input, output)
    }
}

/// Stream by stream rather than with `MultiBzDecoder`, which takes a tape's zero padding for a bad stream.
///
/// `bzip2` itself only warns of trailing bytes. A caller of a function sees no warning, so here they are
/// an error, after all streams have been written.
fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
    let mut source = Source::new(input);
    let mut sink = Sink::new(output);
    loop {
        sink.drain(&mut BzDecoder::new(&mut source))?;
        match source.fill_buf().map_err(input_error)?.first().copied() {
            None => return Ok(sink.written()),
            Some(MAGIC) => {}
            Some(_) if source.rest_is_zeros()? => return Ok(sink.written()),
            Some(_) => {
                return Err(CodecError::Damaged(
                    "trailing garbage after the last bzip2 stream".to_owned(),
                ));
            }
        }
    }
}
