//! What a boot has to report that does not end it.

use std::fmt;
use std::path::PathBuf;

use dlkm_system::{State, Warning};

use crate::error::LoadError;
use crate::metadata::Phase;

/// Something about the configuration that its administrator should know.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Report {
    /// The system file is odd, and counts all the same.
    #[non_exhaustive]
    System {
        /// The system file.
        file: PathBuf,
        /// What is odd.
        warning: Warning,
    },
    /// A module could not be loaded in its phase. The boot goes on without it.
    #[non_exhaustive]
    Skipped {
        /// The phase.
        phase: Phase,
        /// Why.
        error: LoadError,
    },
    /// The system file chooses another state for a module that is linked into the host. It is
    /// static until the host is built without it.
    #[non_exhaustive]
    Linked {
        /// The system file.
        file: PathBuf,
        /// The number of its line.
        line: usize,
        /// The module.
        module: String,
        /// The state in that line.
        state: State,
    },
    /// An image is not the one that was installed, or has no valid signature, and the system file says
    /// `verify warn`. It may have been loaded since the boot.
    #[non_exhaustive]
    Unverified {
        /// The module.
        module: String,
        /// The image.
        file: PathBuf,
        /// Why it is not trusted, and what to do.
        reason: String,
    },
    /// The system file says that a module is unused which the host can't do without. It is used.
    #[non_exhaustive]
    Critical {
        /// The system file.
        file: PathBuf,
        /// The number of its line, if it has one for the module.
        line: Option<usize>,
        /// The module.
        module: String,
    },
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Report::System { file, warning } => write!(f, "{}: {warning}", file.display()),
            Report::Skipped { phase, error } => {
                write!(f, "{error}; phase {phase} goes on without it")
            }
            Report::Linked {
                file,
                line,
                module,
                state,
            } => write!(
                f,
                "line {line} of {} says `{state}` for module `{module}`, but it is linked into this \
                 program; it stays static until the program is built without it",
                file.display()
            ),
            Report::Unverified {
                module,
                file,
                reason,
            } => write!(
                f,
                "module `{module}` is not verified: {} {reason}",
                file.display()
            ),
            Report::Critical { file, line, module } => {
                write!(f, "module `{module}` is critical and can't be unused; ")?;
                match line {
                    Some(line) => write!(f, "change line {line} of {}", file.display()),
                    None => write!(f, "add `module {module} best` to {}", file.display()),
                }
            }
        }
    }
}
