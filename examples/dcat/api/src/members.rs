//! Decodes files that are a plain sequence of members, as in gzip and bzip2.

use std::io::{BufRead, Read, Write};

use crate::{CodecError, Sink, Source, input_error};

/// Decodes member after member, and returns how many bytes it wrote. Each member begins with the byte
/// `magic`, and `decode` decodes one. `what` names a member in errors: "gzip member".
///
/// Zeros after the last member are the padding of a tape, which the decoding crates would take for a bad
/// member. Of other trailing bytes, the formats' own tools only warn. The caller of a function sees no
/// warning, so here they are an error, after all members have been written.
///
/// # Errors
///
/// `decode` failed, the reader or the writer failed, or there is trailing garbage.
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
