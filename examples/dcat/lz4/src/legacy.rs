//! Decodes a frame of the legacy format, which `lz4 -l` and Linux kernel images use: blocks of 8 MiB, each
//! after its length. There is no checksum and no end mark.

use std::io::Read;

use dcat_api::{CodecError, Sink, Source, input_error};
use lz4_flex::block::{decompress_into, get_maximum_output_size};

use crate::{read_u32_or_end, words};

/// The magic number of a legacy frame.
pub(crate) const MAGIC: u32 = 0x184c_2102;

/// The size of a decoded block. The last block can be smaller.
const BLOCK: usize = 8 * 1024 * 1024;

/// Decodes one frame whose magic number has been read. Returns the number after the frame, which can only
/// be the magic number of the next one, or `None` at the end of the input.
pub(crate) fn decode(
    source: &mut Source<'_>,
    sink: &mut Sink<'_>,
) -> Result<Option<u32>, CodecError> {
    let longest = get_maximum_output_size(BLOCK);
    let mut compressed = Vec::new();
    let mut decoded = vec![0; BLOCK];
    while let Some(number) = read_u32_or_end(source)? {
        let len = number as usize;
        if len > longest {
            return Ok(Some(number));
        }
        compressed.resize(len, 0);
        source.read_exact(&mut compressed).map_err(input_error)?;
        let filled = decompress_into(&compressed, &mut decoded)
            .map_err(|error| CodecError::Damaged(words::of_block(&error)))?;
        sink.put(&decoded[..filled])?;
    }
    Ok(None)
}
