//! The xz driver. It uses `liblzma`, which contains the reference library.

mod lzma;

use std::io::{BufRead, Read, Write};

use dcat_api::{Answer, CodecError, Sink, Source, input_error};
use dlkm_rt::module;
use liblzma::stream::{Action, CONCATENATED, Error, Status, Stream, TELL_UNSUPPORTED_CHECK};

/// How much is decoded at a time.
const CHUNK: usize = 128 * 1024;

/// How an xz file begins.
const MAGIC: &[u8] = b"\xfd7zXZ\0";

/// Decodes xz, including files of several streams, and its predecessor `.lzma`.
pub struct XzDriver;

#[module(
    name = "xz",
    keys = ["xz", "lzma"],
    // An lzma file has no magic number. Of its header, after the first byte, these are the usual
    // combinations of a dictionary's size (a multiple of 2 KiB, or the largest number) and a content's
    // (below 2^38, or unknown). `probe` looks more closely.
    magic = [
        b"\xfd7zXZ\0",
        (
            1,
            b"\xff\x07\0\0\0\0\0\0\xc0\xff\xff\xff",
            b"\0\0\0\0\0\0\0\0\0\0\0\0",
        ),
        (
            1,
            b"\xff\x07\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",
        ),
        (
            1,
            b"\xff\xff\xff\xff\0\0\0\0\xc0\xff\xff\xff",
            b"\xff\xff\xff\xff\0\0\0\0\0\0\0\0",
        ),
        (1, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
    ],
    extensions = ["xz", "txz", "lzma"],
    kind = "codec",
    desc = "xz and lzma decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Codec for XzDriver {
    fn probe(beginning: &mut dyn Read) -> Result<Answer, CodecError> {
        let mut head = Vec::with_capacity(lzma::HEADER);
        let mut beginning = Read::take(beginning, lzma::HEADER as u64);
        beginning
            .read_to_end(&mut head)
            .map_err(|error| CodecError::Read(error.to_string()))?;
        match head.starts_with(MAGIC) || lzma::is_lzma(&head) {
            true => Ok(Answer::Yes),
            false => Ok(Answer::No),
        }
    }

    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode(input, output)
    }
}

/// Uses the crate's `Stream`. Its `XzDecoder` drops the end of the content if there is an error after it.
fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
    let mut source = Source::new(input);
    let mut sink = Sink::new(output);
    // Like `xz --decompress`, no memory limit. The format limits the dictionary to 4 GiB.
    let flags = CONCATENATED | TELL_UNSUPPORTED_CHECK;
    let mut stream = Stream::new_auto_decoder(u64::MAX, flags).map_err(damaged)?;
    let mut decoded = vec![0; CHUNK];
    let mut verified = true;
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
        match result {
            Ok(Status::StreamEnd) if verified => return Ok(sink.written()),
            // Like `xz`, which warns after it has written the content.
            Ok(Status::StreamEnd) => return Err(damaged(Error::UnsupportedCheck)),
            Ok(Status::MemNeeded) if ended => return Err(CodecError::Truncated),
            // No progress despite input and room for output: the decoder never returns this.
            Ok(Status::MemNeeded) => {
                return Err(CodecError::Damaged("the xz decoder is stuck".to_owned()));
            }
            Ok(Status::Ok | Status::GetCheck) => {}
            // It stands in the header of a stream, and the decoder can go on.
            Err(Error::UnsupportedCheck) => verified = false,
            Err(error) => return Err(damaged(error)),
        }
    }
}

fn damaged(error: Error) -> CodecError {
    let words = match error {
        Error::Data => "the data is damaged",
        Error::Options => "it uses a filter or an option that the decoder does not know",
        Error::Format => "it has neither the xz nor the lzma format",
        Error::Mem => "there is not enough memory for its dictionary",
        Error::UnsupportedCheck => {
            "its check is of an unknown kind, so the content could not be verified"
        }
        // Not with the flags above.
        Error::MemLimit | Error::NoCheck | Error::Program => {
            return CodecError::Damaged(error.to_string());
        }
    };
    CodecError::Damaged(words.to_owned())
}
