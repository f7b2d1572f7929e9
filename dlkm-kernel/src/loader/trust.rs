//! Whether an image is the one that was installed, or that was signed. (Without the feature `verify`,
//! `trust_off.rs` stands here.)

use std::path::Path;

use dlkm_system::{SystemFile, Verify};
use dlkm_verify as verify;

use super::{ModuleRoot, OpenFile, fresh};
use crate::error::{BootError, Cause, boot_error, cause};
use crate::os::SealedCopy;

/// Why an image is not trusted.
pub(crate) type Doubt = String;

/// What the system file of the boot says about images.
#[derive(Debug)]
pub(crate) struct Trust {
    policy: Verify,
    trust: verify::Trust,
}

impl Trust {
    /// That of a system file, which is at `path`.
    ///
    /// # Errors
    /// A key in it is none, and images are to be verified.
    pub(crate) fn of(system: Option<&SystemFile>, path: &Path) -> Result<Self, BootError> {
        let policy = system.map_or(Verify::Off, SystemFile::verify);
        let keys = system.filter(|_| policy != Verify::Off);
        let trust = verify::Trust::new(keys.into_iter().flat_map(SystemFile::keys));
        match trust {
            Ok(trust) => Ok(Trust { policy, trust }),
            Err(error) => Err(boot_error::Verify {
                file: path.to_owned(),
                policy,
                reason: format!("{error}; correct the line"),
            }
            .into()),
        }
    }

    /// Checks the image of a module that is to be loaded. Under `enforce`, `image` is then the sealed
    /// copy that was checked, so whatever becomes of the file, this is what is parsed and mapped.
    /// Under `warn`, returns why the image is not trusted.
    ///
    /// # Errors
    /// Under `enforce`: the image is not trusted.
    pub(super) fn check(
        &self,
        root: &ModuleRoot,
        image: &mut OpenFile,
        module: &str,
    ) -> Result<Option<Doubt>, Cause> {
        if self.policy == Verify::Off {
            return Ok(None);
        }
        match self.judge(root, image, module) {
            Ok(copy) if self.policy == Verify::Enforce => {
                let copy = copy.file().map_err(no_copy);
                copy.map(|copy| image.seal(copy))
                    .map(|()| None)
                    .or_else(|reason| self.doubt(image, reason))
            }
            Ok(_) => Ok(None),
            Err(reason) => self.doubt(image, reason),
        }
    }

    /// Checks the libraries that an image has beside itself: no one has recorded or signed them.
    ///
    /// # Errors
    /// Under `enforce`: the image needs one of them.
    pub(super) fn check_libraries(&self, image: &OpenFile) -> Result<Option<Doubt>, Cause> {
        if self.policy == Verify::Off {
            return Ok(None);
        }
        match fresh::libraries(image.path(), image.libraries()).first() {
            None => Ok(None),
            Some(library) => {
                let reason = format!(
                    "needs the library {} beside it, which nothing verifies; link it statically, or \
                     install it where the system has its libraries",
                    library.display()
                );
                self.doubt(image, reason)
            }
        }
    }

    fn doubt(&self, image: &OpenFile, reason: String) -> Result<Option<Doubt>, Cause> {
        match self.policy {
            Verify::Enforce => Err(cause::Verify {
                file: image.path().to_owned(),
                reason,
            }
            .into()),
            _ => Ok(Some(reason)),
        }
    }

    /// A copy of the image that is trusted, or why it is not.
    fn judge(
        &self,
        root: &ModuleRoot,
        image: &OpenFile,
        module: &str,
    ) -> Result<SealedCopy, String> {
        let path = image.path();
        let copy = SealedCopy::new(image.file(), path, verify::limits::IMAGE).map_err(no_copy)?;
        // At each load, since an installation changes them while the kernel runs.
        let digests = verify::read_digests(root.path().unwrap_or(Path::new("")));
        let digests = digests.map_err(|error| {
            format!("can't be compared with its record, since `digests` can't be read: {error}")
        })?;
        let signature = match self.trust.needs_signature() {
            false => None,
            true => verify::read_signature(path).map_err(|error| {
                let problem = error.to_string();
                verify::Doubt::Signature { problem }.to_string()
            })?,
        };
        let records = verify::records(&digests);
        self.trust
            .judge(module, copy.bytes(), &records, signature.as_deref())
            .map_err(|doubt| doubt.to_string())?;
        Ok(copy)
    }
}

fn no_copy(error: std::io::Error) -> String {
    format!("can't be copied to memory to be verified: {error}; allow memfd_create(2)")
}
