//! Errors of tunables.

use std::borrow::Borrow;
use std::fmt;
use std::path::{Path, PathBuf};

use dlkm_system::{ExpressionError, ValueError};

use super::HookError;
use super::made::errors;

/// A line of the system file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SystemLine {
    /// The system file.
    pub file: PathBuf,
    /// The number of the line, from 1.
    pub line: usize,
}

impl SystemLine {
    /// For the kernel.
    #[doc(hidden)]
    pub fn new(file: &Path, line: usize) -> Self {
        SystemLine {
            file: file.to_owned(),
            line,
        }
    }
}

impl fmt::Display for SystemLine {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {} of {}", self.line, self.file.display())
    }
}

errors! {
    mod tunable_error;

    /// A tunable can't have a value.
    #[derive(Clone, Debug)]
    pub enum TunableError {
        /// Only the tunables of a loaded module can be changed.
        #[non_exhaustive]
        NotLoaded {
            /// The module.
            module: String,
        },
        /// The module has no such tunable.
        #[non_exhaustive]
        Unknown {
            /// The module.
            module: String,
            /// The tunable.
            tunable: String,
            /// The tunables that it has.
            known: Vec<String>,
        },
        /// The tunable is not `dynamic`.
        #[non_exhaustive]
        NotDynamic {
            /// The module.
            module: String,
            /// The tunable.
            tunable: String,
        },
        /// The value is not of the tunable's type, or not in its range.
        #[non_exhaustive]
        Value {
            /// The module.
            module: String,
            /// The tunable.
            tunable: String,
            /// The value, as written.
            value: String,
            /// The line that sets it; `None` for a value that was set while the program ran.
            at: Option<Box<SystemLine>>,
            /// What the tunable can be: `an integer from 1 to 4096`.
            allowed: String,
            /// Why.
            source: Box<ValueError>,
        },
        /// A line of the system file that belongs to no module is no expression with a value, and another
        /// tunable is computed from it.
        #[non_exhaustive]
        Expression {
            /// The name in that line.
            name: String,
            /// The value, as written.
            value: String,
            /// The line.
            at: Option<Box<SystemLine>>,
            /// Why.
            source: ExpressionError,
        },
        /// Tunables are computed from each other.
        #[non_exhaustive]
        Circular {
            /// The tunables of the circle, from the first one back to itself.
            chain: Vec<String>,
            /// A line of the circle.
            at: Option<Box<SystemLine>>,
        },
        /// The tunable is computed from another one, that from a third, and so on.
        #[non_exhaustive]
        LongChain {
            /// How many tunables may be computed from each other in a row.
            most: usize,
            /// A line of the chain.
            at: Option<Box<SystemLine>>,
        },
        /// The module's hook refused the value or panicked. The tunable has its old value.
        #[non_exhaustive]
        Refused {
            /// The module.
            module: String,
            /// The tunable.
            tunable: String,
            /// The value.
            value: String,
            /// The hook's error.
            source: HookError,
        },
        /// The thread that changes the tunable is loading, unloading or upgrading the module, or changing
        /// one of its tunables.
        #[non_exhaustive]
        Inside {
            /// The module.
            module: String,
        },
        /// A crate that is linked into the module's image declares a tunable and no module, so nothing
        /// could set the tunable.
        #[non_exhaustive]
        Astray {
            /// The tunable.
            tunable: String,
            /// Where it is declared.
            declared_at: String,
            /// The crate.
            package: String,
        },
        /// The module is of another compiler than the host, which can't set its tunables.
        #[non_exhaustive]
        OtherCompiler {
            /// The module.
            module: String,
            /// The tunable.
            tunable: String,
            /// The line that sets it.
            at: Option<Box<SystemLine>>,
        },
    }
}

impl fmt::Display for TunableError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_text(self, f)
    }
}

// Generic, so that only what uses it has it: see lib.rs.
fn write_text(error: &impl Borrow<TunableError>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let error = error.borrow();
    match error {
        TunableError::NotLoaded { module } => write!(
            f,
            "module `{module}` is not loaded; load it first, or set its tunables for the next \
             boot, in the system file"
        ),
        TunableError::Unknown {
            module,
            tunable,
            known,
        } => {
            write!(f, "module `{module}` has no tunable `{tunable}`")?;
            match &known[..] {
                [] => f.write_str("; it has none"),
                known => write!(f, "; it has {}", known.join(", ")),
            }
        }
        TunableError::NotDynamic { module, tunable } => write!(
            f,
            "tunable `{module}.{tunable}` can't change while the module is loaded; set it for \
             the next boot, in the system file"
        ),
        TunableError::Value {
            module,
            tunable,
            value,
            at,
            allowed,
            source,
        } => {
            match at {
                Some(line) => write!(f, "{line} sets tunable `{module}.{tunable}` to `{value}`")?,
                None => write!(f, "tunable `{module}.{tunable}` can't be `{value}`")?,
            }
            write!(f, ": {source}; it is {allowed}")
        }
        TunableError::Expression {
            name,
            value,
            at,
            source,
        } => {
            if let Some(line) = at {
                write!(f, "{line}: ")?;
            }
            write!(
                f,
                "`{name}` is `{value}`, and tunables are computed from it: {source}"
            )
        }
        TunableError::Circular { chain, at } => {
            f.write_str("tunables are computed from each other: ")?;
            f.write_str(&chain.join(" → "))?;
            match at {
                Some(line) => write!(f, "; write a number in {line}"),
                None => f.write_str("; write a number for one of them"),
            }
        }
        TunableError::LongChain { most, at } => {
            write!(
                f,
                "more than {most} tunables are computed from each other in a row"
            )?;
            match at {
                Some(line) => write!(f, "; write a number in {line}"),
                None => f.write_str("; write a number for one of them"),
            }
        }
        TunableError::Refused {
            module,
            tunable,
            value,
            source,
        } if source.panicked() => write!(
            f,
            "the hook of tunable `{module}.{tunable}` panicked at the value `{value}`: {source}"
        ),
        TunableError::Refused {
            module,
            tunable,
            value,
            source,
        } => write!(
            f,
            "module `{module}` refused the value `{value}` of its tunable `{tunable}`: {source}"
        ),
        TunableError::Inside { module } => write!(
            f,
            "this thread is loading, unloading, upgrading or tuning module `{module}`; change \
             its tunables afterwards"
        ),
        TunableError::Astray {
            tunable,
            declared_at,
            package,
        } => write!(
            f,
            "the tunable `{tunable}` at {declared_at} is in crate `{package}`, which declares no \
             module: move it into the crate of its module"
        ),
        TunableError::OtherCompiler {
            module,
            tunable,
            at,
        } => {
            if let Some(line) = at {
                write!(f, "{line}: ")?;
            }
            write!(
                f,
                "module `{module}` was built by another compiler than this program, so its \
                 tunable `{tunable}` can't be set; remove the line, or build both with one \
                 compiler"
            )
        }
    }
}

impl std::error::Error for TunableError {
    #[inline]
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            TunableError::Value { source, .. } => Some(&**source),
            TunableError::Expression { source, .. } => Some(source),
            TunableError::Refused { source, .. } => Some(source),
            _ => None,
        }
    }
}
