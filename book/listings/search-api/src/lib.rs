//! The interfaces `search` and `commands`.
#![allow(
    clippy::type_complexity,
    reason = "a `dyn Fn` that borrows can have no alias here"
)]

use std::error::Error;
use std::fmt;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

use dlkm_rt::{Held, Interface, LoadError, interface, module};

// ANCHOR: derive
/// A match of a pattern.
#[derive(Clone, Debug, PartialEq, Interface)]
pub struct Hit {
    /// The line's number.
    pub line: u64,
    /// Where in the line, in bytes.
    pub place: Range<usize>,
    /// The line.
    pub text: String,
}

/// Why a search failed.
#[derive(Debug, Interface)]
pub enum SearchError {
    /// The pattern is empty.
    Empty,
    /// The text can't be read.
    Unreadable(String),
    /// The module can't be loaded.
    Load(LoadError),
}

impl From<LoadError> for SearchError {
    fn from(error: LoadError) -> Self {
        SearchError::Load(error)
    }
}
// ANCHOR_END: derive

impl fmt::Display for SearchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SearchError::Empty => f.write_str("the pattern is empty"),
            SearchError::Unreadable(why) => write!(f, "the text can't be read: {why}"),
            SearchError::Load(error) => error.fmt(f),
        }
    }
}

impl Error for SearchError {}

// ANCHOR: object
/// Finds one pattern in many lines.
#[interface]
pub trait Matcher {
    /// The first match in `line`.
    fn find(&mut self, line: &str) -> Option<Range<usize>>;

    /// How many matches there were so far.
    fn found(&self) -> u64;
}
// ANCHOR_END: object

/// Searches text.
#[module(name = "search")]
pub trait Search {
    // ANCHOR: data
    /// All matches in `text`.
    ///
    /// # Errors
    /// The pattern is empty, or the module can't be loaded.
    #[ustub]
    fn find(pattern: &str, text: &str) -> Result<Vec<Hit>, SearchError>;
    // ANCHOR_END: data

    // ANCHOR: borrow
    /// `text` from the first match on.
    ///
    /// # Errors
    /// As `find`.
    #[ustub]
    fn from_first<'a>(pattern: &str, text: &'a str) -> Result<&'a str, SearchError>;
    // ANCHOR_END: borrow

    // ANCHOR: arguments
    /// Calls `each` for every match in `input`, until it returns false.
    ///
    /// # Errors
    /// As `find`, or the input can't be read.
    #[ustub]
    fn scan(
        pattern: &str,
        input: &mut dyn Read,
        each: &mut dyn FnMut(Hit) -> bool,
    ) -> Result<(), SearchError>;
    // ANCHOR_END: arguments

    // ANCHOR: held
    /// A matcher for `pattern`.
    ///
    /// # Errors
    /// As `find`.
    #[ustub]
    fn matcher(pattern: &str) -> Result<Held<Box<dyn Matcher>>, SearchError>;

    /// The same as a closure.
    ///
    /// # Errors
    /// As `find`.
    #[ustub]
    fn filter(pattern: &str) -> Result<Held<Box<dyn Fn(&str) -> bool>>, SearchError>;

    /// The matches in `text`, one after the other.
    ///
    /// # Errors
    /// As `find`.
    #[ustub]
    fn places(
        pattern: &str,
        text: String,
    ) -> Result<Held<Box<dyn Iterator<Item = Hit>>>, SearchError>;

    /// How many lines of a file contain the pattern.
    ///
    /// # Errors
    /// The file can't be read, or the module can't be loaded.
    #[ustub]
    fn count(pattern: &str, file: &Path) -> Result<u64, Held<io::Error>>;
    // ANCHOR_END: held
}

// ANCHOR: commands
/// The host's list of commands, to which modules add theirs.
#[module(name = "commands")]
pub trait Commands {
    /// Adds a command.
    ///
    /// # Errors
    /// There is no kernel.
    #[stub]
    fn add(
        name: &str,
        command: Held<Box<dyn Fn(&str) -> String + Send + Sync>>,
    ) -> Result<(), LoadError>;

    /// Removes a command.
    ///
    /// # Errors
    /// There is no kernel.
    #[stub]
    fn remove(name: &str) -> Result<(), LoadError>;
}
// ANCHOR_END: commands

// ANCHOR: on_panic
/// Searches text, and returns even when its module panics.
#[module(name = "forgiving-search", on_panic = fallback)]
pub trait ForgivingSearch {
    /// The first match of `pattern`; `None` also if the module panics or can't be loaded.
    #[ustub(or = nowhere)]
    fn place(pattern: &str, text: &str) -> Option<usize>;
}

fn nowhere(_: &str, _: &str) -> Option<usize> {
    None
}
// ANCHOR_END: on_panic
