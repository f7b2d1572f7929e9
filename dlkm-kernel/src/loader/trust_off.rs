//! Stands in for `trust.rs` in a build without the feature `verify`.

use std::path::Path;

use dlkm_system::{SystemFile, Verify};

use super::{ModuleRoot, OpenFile};
use crate::error::{BootError, Cause, boot_error};

/// Nothing is verified.
#[derive(Debug)]
pub(crate) struct Trust;

/// Why an image is not trusted: there is no such reason, so a host need not contain what reports it.
#[derive(Debug)]
pub(crate) enum Doubt {}

impl AsRef<str> for Doubt {
    fn as_ref(&self) -> &str {
        match *self {}
    }
}

impl Trust {
    /// # Errors
    /// The system file wants images to be verified.
    pub(crate) fn of(system: Option<&SystemFile>, path: &Path) -> Result<Self, BootError> {
        match system.map_or(Verify::Off, SystemFile::verify) {
            Verify::Off => Ok(Trust),
            policy => Err(BootError::from(boot_error::Verify {
                file: path.to_owned(),
                policy,
                reason: "this program was built without the feature `verify` of dlkm-rt; build it \
                         with that feature, or let it start with `dlkm config verify off`"
                    .to_owned(),
            })),
        }
    }

    pub(super) fn check(
        &self,
        _: &ModuleRoot,
        _: &mut OpenFile,
        _: &str,
    ) -> Result<Option<Doubt>, Cause> {
        Ok(None)
    }

    pub(super) fn check_libraries(&self, _: &OpenFile) -> Result<Option<Doubt>, Cause> {
        Ok(None)
    }
}
