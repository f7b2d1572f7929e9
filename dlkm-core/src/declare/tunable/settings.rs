//! What the values of tunables are computed from.

use std::path::Path;

use dlkm_system::{TunableSetting, same_name};

use crate::metadata::{Metadata, TunableInfo};

/// What values are computed from.
pub trait Settings {
    /// What [`Kernel::tune`](../dlkm_rt/struct.Kernel.html#method.tune) has set a tunable to.
    fn tuned(&self, module: &str, tunable: &str) -> Option<String>;

    /// The system file.
    fn system_file(&self) -> &Path;

    /// The line of the system file for a module's tunable.
    fn line_for(&self, module: &str, tunable: &str) -> Option<TunableSetting>;

    /// The line of the system file with this name.
    fn line_named(&self, name: &str) -> Option<TunableSetting>;

    /// The metadata of a loaded or installed module. In expressions, `_` stands for `-` too.
    fn metadata(&self, module: &str) -> Option<Metadata>;
}

/// The module's tunable that a name means: `MODULE.KEY` or `MODULE_KEY`.
#[inline]
pub fn of_module(settings: &dyn Settings, name: &str) -> Option<(Metadata, TunableInfo)> {
    for (at, _) in name.match_indices(['.', '_']) {
        let (module, key) = (&name[..at], &name[at + 1..]);
        if module.is_empty() || key.is_empty() {
            continue;
        }
        if let Some(metadata) = settings.metadata(module) {
            let mut tunables = metadata.tunables().iter();
            if let Some(found) = tunables.find(|one| same_name(one.name(), key)) {
                let found = found.clone();
                return Some((metadata, found));
            }
        }
    }
    None
}
