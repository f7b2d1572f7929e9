//! The LZ4 driver. It uses `lz4_flex`, which is written in Rust without `unsafe`.
//!
//! The crate decodes one frame. A file is a sequence of frames of three kinds.

mod frame;
mod legacy;
mod words;

use std::io::{BufRead, Read, Write};

use dcat_api::{Answer, CodecError, Sink, Source, input_error, probe_frames};
use dlkm_rt::module;

/// Decodes the LZ4 frame format, including files of several frames, skippable frames and legacy frames.
pub struct Lz4Driver;

#[module(
    name = "lz4",
    keys = ["lz4"],
    // A frame, a legacy frame, and a skippable frame.
    magic = [
        b"\x04\x22\x4d\x18",
        b"\x02\x21\x4c\x18",
        (0, b"\xf0\xff\xff\xff", b"\x50\x2a\x4d\x18"),
    ],
    extensions = ["lz4"],
    kind = "codec",
    desc = "LZ4 frame decoder",
    states = [auto, loaded, static]
)]
impl dcat_api::Codec for Lz4Driver {
    fn probe(beginning: &mut dyn Read) -> Result<Answer, CodecError> {
        probe_frames(beginning, &[frame::MAGIC, legacy::MAGIC])
    }

    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
        decode(input, output)
    }
}

fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
    let mut source = Source::new(input);
    let mut sink = Sink::new(output);
    let mut next = Some(read_u32(&mut source)?);
    while let Some(magic) = next {
        next = match magic {
            frame::MAGIC => {
                frame::decode(&mut source, &mut sink)?;
                read_u32_or_end(&mut source)?
            }
            // A legacy frame has no end mark. It ends before a number that can't be the length of a block.
            legacy::MAGIC => legacy::decode(&mut source, &mut sink)?,
            frame::SKIPPABLE_FIRST..=frame::SKIPPABLE_LAST => {
                let len = read_u32(&mut source)?;
                skip(&mut source, len)?;
                read_u32_or_end(&mut source)?
            }
            other => {
                return Err(CodecError::Damaged(format!(
                    "no LZ4 frame begins with {other:#010x}"
                )));
            }
        };
    }
    Ok(sink.written())
}

/// The next number, or `None` if the input ends before it.
fn read_u32_or_end(source: &mut Source<'_>) -> Result<Option<u32>, CodecError> {
    if source.is_empty()? {
        Ok(None)
    } else {
        read_u32(source).map(Some)
    }
}

fn read_u32(source: &mut Source<'_>) -> Result<u32, CodecError> {
    let mut bytes = [0; 4];
    source.read_exact(&mut bytes).map_err(input_error)?;
    Ok(u32::from_le_bytes(bytes))
}

fn skip(source: &mut Source<'_>, len: u32) -> Result<(), CodecError> {
    let mut left = len as usize;
    while left > 0 {
        let len = source.fill_buf().map_err(input_error)?.len().min(left);
        if len == 0 {
            return Err(CodecError::Truncated);
        }
        source.consume(len);
        left -= len;
    }
    Ok(())
}
