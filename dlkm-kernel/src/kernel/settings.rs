//! What the values of tunables are computed from, as the kernel has it.

use std::path::Path;

use dlkm_system::{TunableSetting, same_name};

use super::state::Kernel;
use crate::declare::tunable::Settings;
use crate::metadata::Metadata;

// For the reference: the table of a `dyn Settings` has the code that drops the type.
impl Settings for &Kernel {
    fn tuned(&self, module: &str, tunable: &str) -> Option<String> {
        self.tuned.get(module, tunable)
    }

    fn system_file(&self) -> &Path {
        self.configuration.path()
    }

    fn line_for(&self, module: &str, tunable: &str) -> Option<TunableSetting> {
        let file = self.configuration.file()?;
        file.tunable(module, tunable).cloned()
    }

    fn line_named(&self, name: &str) -> Option<TunableSetting> {
        let file = self.configuration.file()?;
        let mut lines = file.tunables().iter();
        lines.find(|line| same_name(&line.name, name)).cloned()
    }

    fn metadata(&self, module: &str) -> Option<Metadata> {
        let dashed = module.replace('_', "-");
        let file = self.configuration.file();
        let written = file
            .as_deref()
            .and_then(|file| Some(&*file.module(module)?.name));
        let names = [Some(module), written, Some(&*dashed)];
        for name in names.into_iter().flatten() {
            if let Some(running) = self.control.lock().running(name) {
                return Some(running.metadata.clone());
            }
            if let Some((_, _, Ok(metadata))) = self.catalog.named(name) {
                return Some(metadata);
            }
        }
        None
    }
}
