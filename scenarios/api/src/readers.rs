//! A module that keeps what it can get of its caller's readers and writers, and a caller.

use std::io;

use dlkm_rt::{LoadError, module};

/// Keeps each error that it gets.
#[module(name = "hoarder")]
pub trait Hoarder {
    /// Reads and writes; returns how many errors it has kept so far.
    #[stub]
    fn hoard(from: &mut dyn io::BufRead, to: &mut dyn io::Write) -> Result<usize, LoadError>;

    /// The same for one reader.
    #[stub]
    async fn hoard_later(from: &mut (dyn io::Read + Send)) -> Result<usize, LoadError>;

    /// What it has kept, in words: kind, number, text, and the text of its source.
    #[stub]
    fn show() -> Result<Vec<String>, LoadError>;
}

/// Its module calls `hoarder`.
#[module(name = "speaker")]
pub trait Speaker {
    /// Passes a reader and a writer that fail; returns how many errors `hoarder` has kept.
    #[ustub]
    fn speak() -> Result<usize, LoadError>;

    /// The same for an async function.
    #[ustub]
    fn speak_later() -> Result<usize, LoadError>;
}
