//! Decodes one file into the output.

use std::io::{self, Write};
use std::path::Path;

use dcat_api::CodecError;
use dcat_api::codecsw::Entry;

use crate::choose;
use crate::cli::When;
use crate::failure::Failure;
use crate::input::{self, Beginning};
use crate::output::Output;
use crate::progress::Meter;

/// Decodes the file into the output, as the `given` format if there is one.
pub(crate) fn print_file(
    path: &Path,
    given: Option<Entry>,
    progress: When,
    output: &mut Output,
) -> Result<(), Failure> {
    let file = input::open(path)?;
    let length = input::length(&file);
    let mut beginning = Beginning::new(file);
    if beginning.first(1)?.is_empty() {
        return Err(Failure::Empty);
    }
    let marks = choose::longest_mark().map_err(Failure::Modules)?;
    let head = beginning.first(marks)?.to_vec();
    let codec = match given {
        Some(codec) => codec,
        None => choose::decoder(path, &head, &mut beginning)?,
    };
    let mut meter = Meter::new(
        beginning.into_whole(),
        input::short_name_of(path),
        length,
        progress,
        output,
    );
    let result = codec.decode(&mut meter, output);
    // Removes the progress bar before anything else is printed.
    drop(meter);
    result.map_err(|error| match error {
        CodecError::Write(text) => output.failed(io::Error::other(text)),
        error @ (CodecError::Damaged(_) | CodecError::Truncated) => Failure::Decode {
            error,
            looks_like: choose::other_than(codec, &head),
        },
        error => Failure::Decode {
            error,
            looks_like: None,
        },
    })?;
    // Reports a failure to write before the next file is read.
    output.flush().map_err(|error| output.failed(error))
}
