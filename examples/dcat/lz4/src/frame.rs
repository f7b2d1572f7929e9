//! Decodes a frame of the current format.

use std::io::Read;

use dcat_api::{CodecError, Sink, Source};
use lz4_flex::frame::FrameDecoder;

use crate::words::InWords;

/// The magic number of a frame.
pub(crate) const MAGIC: u32 = 0x184d_2204;
/// The first of the sixteen magic numbers of skippable frames.
pub(crate) const SKIPPABLE_FIRST: u32 = 0x184d_2a50;
/// The last of the magic numbers of skippable frames.
pub(crate) const SKIPPABLE_LAST: u32 = 0x184d_2a5f;

/// Decodes one frame whose magic number has been read.
///
/// `FrameDecoder` takes the end of the input between two blocks for the end of the frame. But a complete
/// frame has an end mark, and the decoder does not read past it. So if the decoder has seen the end of the
/// input, the frame is truncated.
pub(crate) fn decode(source: &mut Source<'_>, sink: &mut Sink<'_>) -> Result<(), CodecError> {
    let magic = MAGIC.to_le_bytes();
    // Each frame has a new decoder: a used one would keep the block size of the previous frame.
    sink.drain(&mut InWords(FrameDecoder::new(magic.chain(&mut *source))))?;
    if source.hit_end() {
        Err(CodecError::Truncated)
    } else {
        Ok(())
    }
}
