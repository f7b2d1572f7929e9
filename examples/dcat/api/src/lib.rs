//! The interfaces between `dcat` and its decoders.
//!
//! One interface for each compressed format, each with one function. A caller writes
//! `dcat_api::gzip::decode(&mut input, &mut output)`; the first such call loads the module `gzip`, and
//! nothing else. The six are apart, and not one interface with a format argument, so that a host needs
//! only the modules of the formats it meets.
//!
//! Besides the interfaces the crate holds what crosses with them ([`CodecError`]), and small helpers
//! that drivers share ([`Source`], [`Sink`], [`decode_members`]).

mod error;
mod members;
mod stream;

use std::io::{Read, Write};

use dlkm_rt::module;

pub use error::CodecError;
pub use members::decode_members;
pub use stream::{Sink, Source, input_error};

/// gzip (RFC 1952), files of several members included.
#[module(name = "gzip")]
pub trait Gzip {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// Zeros after the last member are ignored, as a tape's padding; anything else there is an error.
    /// On an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] tells a bad input, a failing reader, a failing writer, and a missing module apart.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// Zstandard (RFC 8878), files of several frames and skippable frames included.
#[module(name = "zstd")]
pub trait Zstd {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// Windows of up to 2 GiB (`zstd --long=31`) are accepted, and cost that much memory.
    /// On an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] tells a bad input, a failing reader, a failing writer, and a missing module apart.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// xz, files of several streams included, and its predecessor `.lzma`.
#[module(name = "xz")]
pub trait Xz {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// On an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] tells a bad input, a failing reader, a failing writer, and a missing module apart.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// bzip2, files of several streams included.
#[module(name = "bzip2")]
pub trait Bzip2 {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// Zeros after the last stream are ignored, as a tape's padding; anything else there is an error.
    /// On an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] tells a bad input, a failing reader, a failing writer, and a missing module apart.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// The LZ4 frame format, files of several frames, skippable frames and legacy frames included.
#[module(name = "lz4")]
pub trait Lz4 {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// On an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] tells a bad input, a failing reader, a failing writer, and a missing module apart.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// Brotli (RFC 7932), large windows included.
#[module(name = "brotli")]
pub trait Brotli {
    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// On an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] tells a bad input, a failing reader, a failing writer, and a missing module apart.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}
