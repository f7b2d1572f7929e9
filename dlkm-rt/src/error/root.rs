//! The error of listing a module root.

use std::fmt;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::build_command;

/// The module root can't be read: the error of [`Kernel::modules`](crate::Kernel::modules).
#[derive(Debug)]
pub struct RootError {
    pub(crate) root: PathBuf,
    pub(crate) source: io::Error,
}

impl RootError {
    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }
}

impl fmt::Display for RootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        describe(f, &self.root, &self.source)
    }
}

impl std::error::Error for RootError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// Writes what happened to which folder, and what to do.
pub(super) fn describe(f: &mut fmt::Formatter<'_>, root: &Path, source: &io::Error) -> fmt::Result {
    let folder = root.display();
    write!(f, "the module root {folder} can't be read: {source}; ")?;
    match source.kind() {
        ErrorKind::NotFound => match build_command::installed_program(root) {
            Some(program) => write!(f, "install the modules of {program}"),
            None => write!(f, "`{}` creates it", build_command::for_root(root)),
        },
        ErrorKind::NotADirectory => f.write_str("name a folder"),
        _ => f.write_str("make it readable for this process"),
    }
}
