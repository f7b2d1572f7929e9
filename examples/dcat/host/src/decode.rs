//! Decodes one file into the output.

use std::io::{self, Cursor, Read, Write};
use std::path::Path;

use dcat_api::CodecError;

use crate::cli::Cli;
use crate::failure::Failure;
use crate::format::{self, Format, Verdict};
use crate::input;
use crate::output::Output;
use crate::progress::Meter;

/// Decodes the file into the output.
pub(crate) fn print_file(path: &Path, cli: &Cli, output: &mut Output) -> Result<(), Failure> {
    let mut file = input::open(path)?;
    let (head, verdict) = input::read_head(&mut file)?;
    if head.is_empty() {
        return Err(Failure::Empty);
    }
    let (format, looks_like) = match (cli.format.or_else(|| format::by_name(path)), verdict) {
        (Some(format), Verdict::Is(other)) if other != format => (format, Some(other)),
        (Some(format), _) => (format, None),
        (None, Verdict::Is(format)) => (format, None),
        (None, Verdict::Skippable) => return Err(Failure::Skippable),
        (None, _) => return Err(Failure::UnknownFormat),
    };
    let length = input::length(&file);
    let data = Cursor::new(head).chain(file);
    let mut meter = Meter::new(
        data,
        input::short_name_of(path),
        length,
        cli.progress,
        output,
    );
    let result = decode(format, &mut meter, output);
    // Removes the progress bar before anything else is printed.
    drop(meter);
    result.map_err(|error| match error {
        CodecError::Write(text) => output.failed(io::Error::other(text)),
        error @ (CodecError::Damaged(_) | CodecError::Truncated) => {
            Failure::Decode { error, looks_like }
        }
        error => Failure::Decode {
            error,
            looks_like: None,
        },
    })?;
    // Reports a failure to write before the next file is read.
    output.flush().map_err(|error| output.failed(error))
}

/// Calls the format's decoder. The first call of each decoder loads its module.
fn decode(format: Format, input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError> {
    match format {
        Format::Gzip => dcat_api::gzip::decode(input, output),
        Format::Zstd => dcat_api::zstd::decode(input, output),
        Format::Xz => dcat_api::xz::decode(input, output),
        Format::Bzip2 => dcat_api::bzip2::decode(input, output),
        Format::Lz4 => dcat_api::lz4::decode(input, output),
        Format::Brotli => dcat_api::brotli::decode(input, output),
    }
}
