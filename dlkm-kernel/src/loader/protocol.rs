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
        let static_host = os::is_static_program().then(BuildDifference::static_host);
        let and_always = |mut differences: Vec<BuildDifference>| {
            // The runtime's own build may have said so.
            let unsaid = static_host.clone();
            differences.extend(unsaid.filter(|one| !differences.contains(one)));
            differences.extend(metadata.shared_std());
            differences.extend(image.lacking(&host, os::cpu_has));
            differences
        };
        let differences = and_always(image.differences(&host));
        if differences.is_empty() {
            return Ok(Protocol::Rust);
        }
        // A stub module asks the kernel for functions, which the second protocol does not offer.
        let is_stub = metadata.stub_of().is_some();
        if is_stub || !metadata.interfaces().iter().all(|one| one.abi() == Abi::C) {
            return Err(differences);
        }
        let differences = and_always(image.c_differences(&host));
        if differences.is_empty() {
            Ok(Protocol::C)
        } else {
            Err(differences)
        }
    }
}
