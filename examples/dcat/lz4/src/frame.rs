//! A frame of the present format.

use std::io::Read;

use dcat_api::{CodecError, Sink, Source};
use lz4_flex::frame::FrameDecoder;

/// What a frame begins with.
pub(crate) const MAGIC: u32 = 0x184d_2204;
/// What a frame begins with that holds no data for us; the format has sixteen such numbers.
pub(crate) const SKIPPABLE_FIRST: u32 = 0x184d_2a50;
/// The last of them.
pub(crate) const SKIPPABLE_LAST: u32 = 0x184d_2a5f;

/// Decodes one frame, of which the magic number has been read.
///
/// `FrameDecoder` takes the end of the input between two blocks for the end of the frame. A whole frame
/// closes with an end mark, behind which the decoder doesn't look, so an end that it has seen is one too
/// early.
pub(crate) fn decode(source: &mut Source<'_>, sink: &mut Sink<'_>) -> Result<(), CodecError> {
    let magic = MAGIC.to_le_bytes();
    // A decoder for each frame: one that is used again keeps the block size of the frame before.
    sink.drain(&mut FrameDecoder::new(magic.chain(&mut *source)))?;
    if source.hit_end() {
        Err(CodecError::Truncated)
    } else {
        Ok(())
    }
}
