//! Static modules that are called directly. Their calls do not ask the kernel, so the kernel loads
//! them while it boots.

use crate::declare::direct_link::Direct;
use crate::declare::module::Wrapper;
use crate::error::{BootError, Failed, LoadError, boot_error, cause};
use crate::metadata::Metadata;
use dlkm_metadata::small::owned;

/// The names of these modules, each once.
///
/// # Errors
/// Two modules provide the same interface: the linker has chosen one, and the kernel can't know
/// which.
pub(super) fn modules(
    direct: &[Direct],
    linked: &[(Metadata, &'static Wrapper)],
) -> Result<Vec<String>, BootError> {
    let mut names: Vec<String> = Vec::new();
    for (i, one) in direct.iter().enumerate() {
        let twin = direct[..i]
            .iter()
            .find(|other| other.interface == one.interface);
        if let Some(twin) = twin {
            let modules = [twin, one].map(|one| place(linked, one)).to_vec();
            let interface = owned(one.interface);
            let cause = Failed::from(cause::Ambiguous { interface, modules });
            return Err(BootError::from(boot_error::Static {
                source: LoadError::new(one.interface, cause),
            }));
        }
        let name = name(linked, one);
        if names.iter().all(|known| known != name) {
            names.push(owned(name));
        }
    }
    Ok(names)
}

fn name<'a>(linked: &'a [(Metadata, &'static Wrapper)], one: &Direct) -> &'a str {
    let known = linked
        .iter()
        .find(|(_, wrapper)| std::ptr::eq(*wrapper, one.module));
    known.map_or("", |(metadata, _)| metadata.name())
}

fn place(linked: &[(Metadata, &'static Wrapper)], one: &Direct) -> String {
    format!("`{}` at {}", name(linked, one), one.module.declared_at)
}
