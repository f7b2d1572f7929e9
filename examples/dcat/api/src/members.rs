//! Files that are a sequence of members with nothing around them, as gzip's and bzip2's.

use std::io::{BufRead, Read, Write};

use crate::{CodecError, Sink, Source, input_error};

/// Decodes member after member; returns how many bytes that gave. Each begins with the byte `magic`, and
/// `decode` decodes one. `what` names them in an error: "gzip member".
///
/// Zeros after the last one are a tape's padding, which the crates' own decoders for several members take
/// for a bad member. The formats' own tools only warn of other trailing bytes. A caller of a function sees
/// no warning, so here they are an error, after all members have been written.
///
/// # Errors
///
/// Those of `decode`, of the two ends, and for trailing garbage.
pub fn decode_members(
    input: &mut dyn Read,
    output: &mut dyn Write,
    magic: u8,
    what: &str,
    decode: fn(&mut Source<'_>, &mut Sink<'_>) -> Result<(), CodecError>,
) -> Result<u64, CodecError> {
    let mut source = Source::new(input);
    let mut sink = Sink::new(output);
    loop {
        decode(&mut source, &mut sink)?;
        match source.fill_buf().map_err(input_error)?.first().copied() {
            None => return Ok(sink.written()),
            Some(first) if first == magic => {}
            Some(_) if source.rest_is_zeros()? => return Ok(sink.written()),
            Some(_) => {
                let message = format!("trailing garbage after the last {what}");
                return Err(CodecError::Damaged(message));
            }
        }
    }
}
