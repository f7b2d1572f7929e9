//! The xz driver. It uses `liblzma`, which contains the reference library.

use std::io::{BufRead, Read, Write};

use dcat_api::{CodecError, Sink, Source, input_error};
use dlkm_rt::module;
use liblzma::stream::{Action, CONCATENATED, Status, Stream};

/// How much is decoded at a time.
const CHUNK: usize = 128 * 1024;

/// Decodes xz and `.lzma`; see [`dcat_api::Xz`].
pub struct XzDriver;

#[module(
    kind = "codec",
    desc = "xz and lzma decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Xz for XzDriver {
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode(input, output)
    }
}

/// Uses the crate's `Stream`. Its `XzDecoder` drops the end of the content if there is an error after it.
fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
    let mut source = Source::new(input);
    let mut sink = Sink::new(output);
    // Like `xz --decompress`, no memory limit. The format limits the dictionary to 4 GiB.
    let mut stream = Stream::new_auto_decoder(u64::MAX, CONCATENATED).map_err(damaged)?;
    let mut decoded = vec![0; CHUNK];
    loop {
        let chunk = source.fill_buf().map_err(input_error)?;
        let ended = chunk.is_empty();
        let action = if ended { Action::Finish } else { Action::Run };
        let (total_in, total_out) = (stream.total_in(), stream.total_out());
        let result = stream.process(chunk, &mut decoded, action);
        // Both are at most the length of a buffer.
        let used = (stream.total_in() - total_in) as usize;
        let filled = (stream.total_out() - total_out) as usize;
        source.consume(used);
        sink.put(&decoded[..filled])?;
        match result.map_err(damaged)? {
            Status::StreamEnd => return Ok(sink.written()),
            Status::MemNeeded if ended => return Err(CodecError::Truncated),
            // No progress despite input and room for output: the decoder never returns this.
            Status::MemNeeded => {
                return Err(CodecError::Damaged("the xz decoder is stuck".to_owned()));
            }
            Status::Ok | Status::GetCheck => {}
        }
    }
}

fn damaged(error: liblzma::stream::Error) -> CodecError {
    CodecError::Damaged(error.to_string())
}
