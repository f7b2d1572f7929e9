//! What a module needs of others.

use std::fmt;

use semver::{Version, VersionReq};

/// A module, or an interface, that must be there before a module is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    pub(crate) interface: bool,
    pub(crate) name: String,
    /// As Cargo writes it.
    pub(crate) range: Option<VersionReq>,
}

impl Requirement {
    /// Whether it is an interface, which some module provides.
    pub fn is_interface(&self) -> bool {
        self.interface
    }

    /// The module's or interface's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The versions that it may have: a range as in Cargo.toml.
    pub fn range(&self) -> Option<&VersionReq> {
        self.range.as_ref()
    }

    /// Whether a version is in the range.
    pub fn allows(&self, version: &str) -> bool {
        let range = self.range.as_ref();
        range.is_none_or(|range| Version::parse(version).is_ok_and(|one| range.matches(&one)))
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.interface {
            "interface"
        } else {
            "module"
        };
        write!(f, "{what} {}", self.name)?;
        match &self.range {
            Some(range) => write!(f, " {range}"),
            None => Ok(()),
        }
    }
}

/// A module that is loaded with another one, if it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    pub(crate) after: bool,
    pub(crate) name: String,
}

impl Want {
    /// Whether it is loaded after the module that wants it, not before.
    pub fn is_after(&self) -> bool {
        self.after
    }

    /// The module's name.
    pub fn name(&self) -> &str {
        &self.name
    }
}
