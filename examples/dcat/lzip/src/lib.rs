//! The lzip driver. It uses `lzma-rust2`, which is written in Rust.

use std::io::{self, Read, Write};

use dcat_api::{Answer, CodecError, Sink, Source, input_error};
use dlkm_rt::module;
use lzma_rust2::LzipReader;

/// Decodes lzip, including files of several members. What follows the last member is an error.
pub struct LzipDriver;

#[module(
    name = "lzip",
    keys = ["lzip", "lz"],
    magic = [b"LZIP"],
    extensions = ["lz", "tlz"],
    kind = "codec",
    desc = "lzip decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Codec for LzipDriver {
    fn probe(_: &mut dyn Read) -> Result<Answer, CodecError> {
        Ok(Answer::Yes)
    }

    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        let mut input = Input {
            source: Source::new(input),
            error: None,
        };
        let mut sink = Sink::new(output);
        let drained = sink.drain(&mut LzipReader::new(&mut input));
        match input.error {
            Some(error) => Err(error),
            None => drained.map(|()| sink.written()),
        }
    }
}

/// The caller's reader. `lzma-rust2` makes an error of its own of a reader's error, so that is kept here.
struct Input<'a> {
    source: Source<'a>,
    error: Option<CodecError>,
}

impl Read for Input<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.source.read(buf).map_err(|error| {
            let kind = error.kind();
            self.error = Some(input_error(error));
            kind.into()
        })
    }
}
