//! Writers of the caller that a module writes to.

use std::{fmt, io};

use dlkm_rt::{LoadError, interface, module};

/// A trait of an author, which has the name of std's.
#[interface]
pub trait Write {
    /// Writes a line; returns how many there are.
    fn line(&mut self, text: &str) -> u64;
}

/// Writes texts of its own.
#[module(name = "scribe")]
pub trait Scribe {
    /// Writes the motto and a number to both; returns how many bytes it wrote to each.
    #[ustub]
    fn scribble(
        bytes: &mut dyn io::Write,
        text: &mut (dyn fmt::Write + Send),
    ) -> Result<usize, LoadError>;

    /// Writes the motto to an author's own writer.
    #[ustub]
    fn lines(to: &mut dyn Write) -> Result<u64, LoadError>;
}
