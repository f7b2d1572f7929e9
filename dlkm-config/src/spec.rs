//! The content of a module's line, and the name of a tunable.

use std::fmt;

use dlkm_metadata::Phase;
use dlkm_system::{Choice, Idle, same_name};

/// The content of a module's line.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleSpec {
    /// The module's name.
    pub name: String,
    /// The state, or the author's choice.
    pub choice: Choice,
    /// The version that its image must have.
    pub version: Option<String>,
    /// The phase in which it is loaded.
    pub phase: Option<Phase>,
    /// How long it stays loaded without a call.
    pub idle: Option<Idle>,
}

impl ModuleSpec {
    /// Chooses a state, and nothing else.
    pub fn new(name: &str, choice: Choice) -> Self {
        ModuleSpec {
            name: name.to_owned(),
            choice,
            version: None,
            phase: None,
            idle: None,
        }
    }
}

/// A tunable as an edit names it: of a module, or a user's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TunableName<'a> {
    module: Option<&'a str>,
    key: &'a str,
}

impl<'a> TunableName<'a> {
    /// The tunable `key` of a module. It may be written `MODULE.KEY` or `MODULE_KEY`.
    pub fn of(module: &'a str, key: &'a str) -> Self {
        let module = Some(module);
        TunableName { module, key }
    }

    pub(crate) fn is(&self, written: &str) -> bool {
        match self.module {
            None => same_name(self.key, written),
            Some(module) => {
                same_name(&format!("{module}.{}", self.key), written)
                    || same_name(&format!("{module}_{}", self.key), written)
            }
        }
    }
}

/// A name that is written in one way only, such as that of a user's own tunable.
impl<'a> From<&'a str> for TunableName<'a> {
    fn from(key: &'a str) -> Self {
        TunableName { module: None, key }
    }
}

impl fmt::Display for TunableName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.module {
            Some(module) => write!(f, "{module}.{}", self.key),
            None => f.write_str(self.key),
        }
    }
}
