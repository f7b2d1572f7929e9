//! The interfaces between `dcat` and its decoders.
//!
//! Each compressed format has an interface with one function. A caller writes
//! `dcat_api::gzip::decode(&mut input, &mut output)`; the first such call loads the module `gzip`, and
//! no other. There are six interfaces, and not one with a format argument, so that a host needs only the
//! modules of the formats that it meets.
//!
//! The crate also contains the error type of all interfaces ([`CodecError`]), and helpers that the drivers
//! share ([`Source`], [`Sink`], [`decode_members`]).

mod error;
mod members;
mod stream;

use std::io::{Read, Write};

use dlkm_rt::module;

pub use error::CodecError;
pub use members::decode_members;
pub use stream::{Sink, Source, input_error};

/// gzip (RFC 1952), including files of several members.
#[module(name = "gzip")]
pub trait Gzip {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// Zeros after the last member are ignored as the padding of a tape; anything else there is an error.
    /// After an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] distinguishes a bad input, a failing reader, a failing writer, and a missing module.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// Zstandard (RFC 8878), including files of several frames and skippable frames.
#[module(name = "zstd")]
pub trait Zstd {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// Windows of up to 2 GiB (`zstd --long=31`) are accepted, and take that much memory.
    /// After an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] distinguishes a bad input, a failing reader, a failing writer, and a missing module.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// xz, including files of several streams, and its predecessor `.lzma`.
#[module(name = "xz")]
pub trait Xz {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// After an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] distinguishes a bad input, a failing reader, a failing writer, and a missing module.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// bzip2, including files of several streams.
#[module(name = "bzip2")]
pub trait Bzip2 {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// Zeros after the last stream are ignored as the padding of a tape; anything else there is an error.
    /// After an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] distinguishes a bad input, a failing reader, a failing writer, and a missing module.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// The LZ4 frame format, including files of several frames, skippable frames and legacy frames.
#[module(name = "lz4")]
pub trait Lz4 {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// After an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] distinguishes a bad input, a failing reader, a failing writer, and a missing module.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// Brotli (RFC 7932), including large windows.
#[module(name = "brotli")]
pub trait Brotli {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// After an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] distinguishes a bad input, a failing reader, a failing writer, and a missing module.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}
