//! Which protocol the kernel and an image speak.

use crate::metadata::{Abi, Build, BuildDifference, Metadata};
use crate::os;
use crate::own_build::OWN;

/// How the kernel and an image speak with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// As Rust code that one compiler built: see [`Image`](crate::image::rust::Image).
    Rust,
    /// As C code: see [`CModule`](crate::image::c::CModule).
    C,
}

impl Protocol {
    /// The one for an image with this metadata, or what keeps it from this host.
    pub(crate) fn of(metadata: &Metadata) -> Result<Self, Vec<BuildDifference>> {
        let (image, host) = (metadata.build(), Build::of(&OWN));
        let lacking = || image.lacking(&host, os::cpu_has);
        let mut differences = image.differences(&host);
        differences.extend(lacking());
        if differences.is_empty() {
            return Ok(Protocol::Rust);
        }
        if !metadata.interfaces().iter().all(|one| one.abi() == Abi::C) {
            return Err(differences);
        }
        let mut differences = image.c_differences(&host);
        differences.extend(lacking());
        if differences.is_empty() {
            Ok(Protocol::C)
        } else {
            Err(differences)
        }
    }
}
