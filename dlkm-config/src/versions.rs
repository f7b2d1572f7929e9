//! The version that a line asks for, and the one that is installed.

use std::fmt;

/// A line of a system file that asks for another version of a module than is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OtherVersion {
    /// The module.
    pub module: String,
    /// The version in the file.
    pub wanted: String,
    /// The version of the image.
    pub installed: String,
}

impl fmt::Display for OtherVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let OtherVersion {
            module,
            wanted,
            installed,
        } = self;
        write!(f, "`{module}` {wanted} is wanted, {installed} is installed")
    }
}
