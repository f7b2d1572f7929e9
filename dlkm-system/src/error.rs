//! What can be wrong with a system file.

use std::fmt;

use dlkm_metadata::{Phase, Quoted};

use crate::choice::Choice;
use crate::limits;
use crate::units::UnitError;
use crate::verify::Verify;

/// What is wrong with a system file, and where. Nothing of the file counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemError {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub problem: Problem,
}

/// What is wrong in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The file is larger than [`limits::FILE`].
    FileTooLong,
    /// The line is longer than [`limits::LINE`].
    LineTooLong,
    /// The line is not UTF-8.
    NotUtf8,
    /// A character that does not show as itself.
    Hidden(char),
    /// The first line is another than `version 1`. The text is what stands there; it may be empty.
    NoVersion(String),
    /// A second line `version`.
    SecondVersion,
    /// A first word that no line begins with.
    Keyword(String),
    /// A line that HP-UX's files may have, and that means nothing here.
    HpuxOnly(String),
    /// Something is missing at the end of the line; the text says what.
    Missing(&'static str),
    /// A name with characters that no name has.
    Name(String),
    /// A state that does not exist.
    State(String),
    /// A phase that does not exist.
    Phase(String),
    /// A policy for `verify` that does not exist.
    Verify(String),
    /// A time that can't be read.
    Time(UnitError),
    /// A text without its second quotation mark.
    Unclosed,
    /// A word after the end of what the line can say.
    Extra(String),
}

/// Words as a list: `a, b or c`.
struct OneOf<'a, const N: usize>([&'a str; N]);

impl<const N: usize> fmt::Display for OneOf<'_, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, word) in self.0.iter().enumerate() {
            let before = match i {
                0 => "",
                _ if i + 1 == N => " or ",
                _ => ", ",
            };
            write!(f, "{before}{word}")?;
        }
        Ok(())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::FileTooLong => {
                write!(f, "the file has more than {} bytes", limits::FILE)
            }
            Problem::LineTooLong => {
                write!(f, "the line has more than {} bytes", limits::LINE)
            }
            Problem::NotUtf8 => f.write_str("the text is not UTF-8"),
            Problem::Hidden(sign) => write!(
                f,
                "the character U+{:04X} does not show as itself; remove it",
                u32::from(*sign)
            ),
            Problem::NoVersion(found) if found.is_empty() => {
                f.write_str("`version 1` is missing; it must be the first line")
            }
            Problem::NoVersion(found) => write!(
                f,
                "`version 1` must be the first line, not `{}`",
                Quoted(found)
            ),
            Problem::SecondVersion => f.write_str("`version` stands here a second time"),
            Problem::Keyword(word) => write!(
                f,
                "`{}` is unknown; a line begins with {}",
                Quoted(word),
                OneOf([
                    "`module`",
                    "`tunable`",
                    "`verify`",
                    "`key`",
                    "`*` for a comment"
                ])
            ),
            Problem::HpuxOnly(word) => write!(
                f,
                "`{word}` is a line of HP-UX's, and means nothing to dlkm; remove it"
            ),
            Problem::Missing(what) => write!(f, "{what} is missing"),
            Problem::Name(name) => write!(
                f,
                "`{}` is not a name: a name has letters, digits, `_`, `-` and `.`",
                Quoted(name)
            ),
            Problem::State(word) => write!(
                f,
                "state `{}` is unknown; it is {}",
                Quoted(word),
                OneOf(Choice::ALL.map(Choice::as_str))
            ),
            Problem::Phase(word) => write!(
                f,
                "phase `{}` is unknown; it is {}",
                Quoted(word),
                OneOf(Phase::ALL.map(Phase::as_str))
            ),
            Problem::Verify(word) => write!(
                f,
                "`verify {}` is unknown; it is {}",
                Quoted(word),
                OneOf(Verify::ALL.map(Verify::as_str))
            ),
            Problem::Time(error) => error.fmt(f),
            Problem::Unclosed => f.write_str("the text has no second quotation mark"),
            Problem::Extra(word) => write!(f, "`{}` is too much here", Quoted(word)),
        }
    }
}

impl fmt::Display for SystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SystemError {
            line,
            column,
            problem,
        } = self;
        write!(f, "line {line}, column {column}: {problem}")
    }
}

impl std::error::Error for SystemError {}

/// What is odd in a file that counts all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Two lines speak of the same module or tunable. The later one holds.
    #[non_exhaustive]
    Twice {
        /// `module` or `tunable`.
        what: &'static str,
        /// Its name.
        name: String,
        /// The line that does not count, from 1.
        first: usize,
        /// The line that holds.
        second: usize,
    },
}

impl Warning {
    /// The line that holds.
    pub(crate) fn line(&self) -> usize {
        match self {
            Warning::Twice { second, .. } => *second,
        }
    }
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::Twice {
                what,
                name,
                first,
                second,
            } => write!(
                f,
                "lines {first} and {second} both speak of {what} `{name}`; line {second} holds"
            ),
        }
    }
}
