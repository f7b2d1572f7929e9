//! The interface between `dcat` and its decoders: a switch table.
//!
//! Each compressed format is a module that provides [`Codec`]. The table [`codecsw`] has an entry for each
//! of these modules that is installed. A caller finds an entry by a key, `codecsw::get("gzip")`, or by the
//! first bytes of a file and its name, `codecsw::candidates(head, Some("gz"))`. The first call of one of its
//! functions loads the module, and no other.
//!
//! The crate also contains the types of the interface ([`Answer`], [`CodecError`]), and helpers that the
//! drivers share ([`Source`], [`Sink`], [`decode_members`], [`probe_frames`]).

mod error;
mod frames;
mod members;
mod stream;

use std::io::{Read, Write};

use dlkm_rt::{Interface, switch};

pub use error::CodecError;
pub use frames::probe_frames;
pub use members::decode_members;
pub use stream::{Sink, Source, input_error};

/// A compressed format.
///
/// A driver's `magic` and `extensions` say which files can be of its format. The table knows them without
/// loading the module. Of a format without magic numbers, a file has the extension.
#[switch]
pub trait Codec {
    /// Whether a file that can be of this format is. `beginning` gives the whole file, but a driver reads no
    /// more of it than it needs. Most formats have a magic number that says enough: they read nothing.
    ///
    /// # Errors
    ///
    /// [`CodecError::Read`] if the reader failed, and [`CodecError::Load`] if the module can't be loaded.
    #[stub]
    fn probe(beginning: &mut dyn Read) -> Result<Answer, CodecError>;

    /// Decodes `input` to its end into `output`; returns how many bytes it wrote.
    ///
    /// A file of several members, streams or frames is decoded as a whole. Anything behind them is an error;
    /// a driver may accept zeros there, the padding of a tape, as some of the real tools do.
    /// After an error, `output` has the content up to some point before it. `output` is not flushed.
    ///
    /// # Errors
    ///
    /// [`CodecError`] distinguishes a bad input, a failing reader, a failing writer, and a module that can't
    /// be loaded.
    #[stub]
    fn decode(input: &mut dyn Read, output: &mut dyn Write) -> Result<u64, CodecError>;
}

/// What a driver says about a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub enum Answer {
    /// It is of the driver's format.
    Yes,
    /// It is of another format.
    No,
    /// It can be of the driver's format, and can be of another.
    Unclear,
}
