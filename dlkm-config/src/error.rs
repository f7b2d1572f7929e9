//! Why a module root can't be read or changed.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use dlkm_metadata::ReadError;
use dlkm_system::SystemError;

use crate::edit::EditError;
use crate::name::NameError;

/// Why a module root can't be read or changed. Each message names the file.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The system refuses an operation.
    #[non_exhaustive]
    Io {
        /// The operation, as in "can't be read".
        done: &'static str,
        /// The file or folder.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The module root does not exist, or is not a folder.
    NoRoot(PathBuf),
    /// The module root can't be changed by this user, or lies on a read-only file system.
    #[non_exhaustive]
    ReadOnly {
        /// The module root.
        root: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another process is changing the module root.
    #[non_exhaustive]
    Busy {
        /// The module root.
        root: PathBuf,
        /// The id and name of that process; may be empty.
        holder: String,
        /// How long this process has waited.
        waited: Duration,
    },
    /// A change of several files was committed, and could not be finished. The next change of this
    /// root finishes it.
    #[non_exhaustive]
    Unfinished {
        /// The module root.
        root: PathBuf,
        /// What went wrong.
        source: Box<Error>,
    },
    /// A file that dlkm writes has an unexpected content.
    #[non_exhaustive]
    Damaged {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A file is a symbolic link, which a change would replace.
    Link(PathBuf),
    /// A system file has a line that can't be understood.
    #[non_exhaustive]
    System {
        /// The file.
        file: PathBuf,
        /// What is wrong, and where.
        source: SystemError,
    },
    /// An edit of a system file fails.
    #[non_exhaustive]
    Edit {
        /// The file.
        file: PathBuf,
        /// Why.
        source: EditError,
    },
    /// The file has been changed since the plan was made.
    Changed(PathBuf),
    /// The name of a saved configuration is none.
    Name(NameError),
    /// There is no saved configuration of that name.
    #[non_exhaustive]
    NoConfiguration {
        /// The name.
        name: String,
        /// Names of saved configurations that are nearly that.
        near: Vec<String>,
    },
    /// A saved configuration of that name exists.
    Exists(String),
    /// A text is too long.
    #[non_exhaustive]
    TooLong {
        /// `comment`, `title`, or another text.
        what: &'static str,
        /// The limit, in bytes.
        limit: usize,
    },
    /// A title with a character that the file can't have.
    Title(String),
    /// All numbers of a range are assigned.
    #[non_exhaustive]
    NoNumber {
        /// The class of numbers.
        class: String,
        /// The least and the greatest number.
        range: (u64, u64),
    },
    /// A name has a number outside of the range that is asked for.
    #[non_exhaustive]
    NumberOutside {
        /// The class of numbers.
        class: String,
        /// The name.
        name: String,
        /// Its number.
        number: u64,
        /// The least and the greatest number that would fit.
        range: (u64, u64),
    },
    /// A class or a name in the registry with other characters than names have.
    RegistryName(String),
    /// Nothing is assigned to that name.
    #[non_exhaustive]
    NotAssigned {
        /// The class of numbers.
        class: String,
        /// The name.
        name: String,
    },
    /// No image of that module is installed.
    NoImage(String),
    /// Two files of one installation are images of that module.
    ImageTwice(String),
    /// An image of that module is installed already.
    ImageExists(String),
    /// A folder can't be in the search path.
    #[non_exhaustive]
    SearchPath {
        /// The folder.
        folder: PathBuf,
        /// Why, as in "is no folder".
        problem: &'static str,
    },
    /// A file is no image, or its metadata can't be read.
    #[non_exhaustive]
    Image {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        source: ReadError,
    },
}

impl Error {
    pub(crate) fn io(done: &'static str, file: &Path) -> impl FnOnce(io::Error) -> Error {
        let file = file.to_owned();
        move |source| Error::Io { done, file, source }
    }
}

fn near(f: &mut fmt::Formatter<'_>, near: &[String]) -> fmt::Result {
    match near {
        [] => Ok(()),
        names => write!(f, "; did you mean `{}`?", names.join("`, `")),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io { done, file, source } => {
                write!(f, "`{}` can't be {done}: {source}", file.display())
            }
            Error::NoRoot(root) => write!(
                f,
                "the module root `{}` is not a folder; create it, or name another one",
                root.display()
            ),
            Error::ReadOnly { root, source } => write!(
                f,
                "the module root `{}` can't be changed: {source}; act as its owner, or mount it \
                 for writing",
                root.display()
            ),
            Error::Busy {
                root,
                holder,
                waited,
            } => {
                write!(f, "the module root `{}` is in use", root.display())?;
                if !holder.is_empty() {
                    write!(f, " by process {holder}")?;
                }
                let waited = waited.as_secs_f32();
                write!(f, "; waited {waited:.1} s for it, try again later")
            }
            Error::Unfinished { root, source } => write!(
                f,
                "the change of `{}` is recorded but unfinished: {source}; the next change \
                 finishes it",
                root.display()
            ),
            Error::Damaged {
                file,
                line,
                problem,
            } => write!(f, "`{}`, line {line}: {problem}", file.display()),
            Error::Link(file) => write!(
                f,
                "`{}` is a symbolic link, and a change would replace it; put the file itself \
                 there",
                file.display()
            ),
            Error::System { file, source } => write!(f, "`{}`, {source}", file.display()),
            Error::Edit { file, source } => write!(f, "`{}`: {source}", file.display()),
            Error::Changed(file) => write!(
                f,
                "`{}` has been changed by another process meanwhile; try again",
                file.display()
            ),
            Error::Name(error) => error.fmt(f),
            Error::NoConfiguration { name, near: names } => {
                write!(f, "there is no saved configuration `{name}`")?;
                near(f, names)
            }
            Error::Exists(name) => write!(
                f,
                "the saved configuration `{name}` exists; choose another name, or replace it with \
                 `-f`"
            ),
            Error::TooLong { what, limit } => {
                write!(f, "the {what} has more than {limit} bytes; shorten it")
            }
            Error::Title(title) => write!(
                f,
                "the title `{}` has a quotation mark or a hidden character; leave it out",
                title.escape_debug()
            ),
            Error::NoNumber { class, range } => write!(
                f,
                "all numbers of the class `{class}` from {} to {} are assigned; release one",
                range.0, range.1
            ),
            Error::NumberOutside {
                class,
                name,
                number,
                range,
            } => write!(
                f,
                "`{name}` has the number {number} of the class `{class}`, which is not in the range \
                 {} to {}; release it first",
                range.0, range.1
            ),
            Error::RegistryName(name) => write!(
                f,
                "`{}` can't be in the registry: a name has letters, digits, `_`, `-` and `.`",
                name.escape_debug()
            ),
            Error::NotAssigned { class, name } => {
                write!(
                    f,
                    "no number of the class `{class}` is assigned to `{name}`"
                )
            }
            Error::ImageTwice(module) => write!(
                f,
                "two of the files are images of the module `{module}`; leave one out"
            ),
            Error::ImageExists(module) => write!(
                f,
                "an image of the module `{module}` is installed already; replace it \
                 with `dlkm install -u`"
            ),
            Error::SearchPath { folder, problem } => write!(
                f,
                "`{}` can't be in the search path: it {problem}",
                folder.display()
            ),
            Error::Image { file, source } => write!(f, "`{}`: {source}", file.display()),
            Error::NoImage(module) => write!(
                f,
                "no image of the module `{module}` is installed; install it first"
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::Io { source, .. } | Error::ReadOnly { source, .. } => Some(source),
            Error::Unfinished { source, .. } => Some(source),
            Error::System { source, .. } => Some(source),
            Error::Edit { source, .. } => Some(source),
            Error::Name(source) => Some(source),
            Error::Image { source, .. } => Some(source),
            _ => None,
        }
    }
}
