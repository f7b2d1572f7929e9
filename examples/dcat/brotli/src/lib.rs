//! The Brotli driver. It uses `brotli-decompressor`, which is written in Rust.

use std::io::{BufRead, Read, Write};

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use dcat_api::{Answer, CodecError, Sink, Source, input_error};
use dlkm_rt::module;

/// How much is decoded at a time.
const CHUNK: usize = 128 * 1024;

/// Decodes Brotli (RFC 7932), including large windows. The format has no magic number.
pub struct BrotliDriver;

#[module(
    name = "brotli",
    keys = ["brotli", "br"],
    extensions = ["br"],
    kind = "codec",
    desc = "Brotli (RFC 7932) decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Codec for BrotliDriver {
    fn probe(_: &mut dyn Read) -> Result<Answer, CodecError> {
        Ok(Answer::Yes)
    }

    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode(input, output)
    }
}

/// Uses the crate's state machine. Its `Decompressor` returns the same error for truncated and damaged
/// data, and overlooks trailing bytes that it has not buffered yet.
fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
    let mut source = Source::new(input);
    let mut sink = Sink::new(output);
    let alloc = StandardAlloc::default;
    let mut state = BrotliState::new(alloc(), alloc(), alloc());
    let mut decoded = vec![0; CHUNK];
    let mut total = 0;
    loop {
        let chunk = source.fill_buf().map_err(input_error)?;
        let ended = chunk.is_empty();
        let (mut left, mut used) = (chunk.len(), 0);
        let (mut room, mut filled) = (decoded.len(), 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut used,
            chunk,
            &mut room,
            &mut filled,
            &mut decoded,
            &mut total,
            &mut state,
        );
        source.consume(used);
        sink.put(&decoded[..filled])?;
        match result {
            BrotliResult::NeedsMoreOutput => {}
            BrotliResult::NeedsMoreInput if ended => return Err(CodecError::Truncated),
            BrotliResult::NeedsMoreInput => {}
            BrotliResult::ResultSuccess => break,
            BrotliResult::ResultFailure => {
                return Err(CodecError::Damaged(format!(
                    "invalid brotli data ({:?})",
                    state.error_code
                )));
            }
        }
    }
    if source.is_empty()? {
        Ok(sink.written())
    } else {
        Err(CodecError::Damaged(
            "trailing garbage after the brotli data".to_owned(),
        ))
    }
}
