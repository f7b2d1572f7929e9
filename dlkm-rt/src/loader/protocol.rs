//! Which protocol the kernel and an image use.

use crate::metadata::{Abi, Build, BuildDifference, Metadata};
use crate::os;
use crate::own_build::OWN;

/// How the kernel and an image call each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// As Rust code from the same compiler: see [`Image`](crate::image::rust::Image).
    Rust,
    /// As C code: see [`CModule`](crate::image::c::CModule).
    C,
}

impl Protocol {
    /// The protocol for an image with this metadata.
    ///
    /// # Errors
    /// The image was not built for this host. The error is what differs.
    pub(crate) fn of(metadata: &Metadata) -> Result<Self, Vec<BuildDifference>> {
        let (image, host) = (metadata.build(), Build::of(&OWN));
        let always = || {
            let lacking = image.lacking(&host, os::cpu_has).into_iter();
            metadata.shared_std().into_iter().chain(lacking)
        };
        let mut differences = image.differences(&host);
        differences.extend(always());
        if differences.is_empty() {
            return Ok(Protocol::Rust);
        }
        if !metadata.interfaces().iter().all(|one| one.abi() == Abi::C) {
            return Err(differences);
        }
        let mut differences = image.c_differences(&host);
        differences.extend(always());
        if differences.is_empty() {
            Ok(Protocol::C)
        } else {
            Err(differences)
        }
    }
}
