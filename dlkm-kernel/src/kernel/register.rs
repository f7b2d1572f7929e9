//! Registers modules in switch tables: what an image's entries are, and which module's they are. No
//! code of a module runs.

use super::control::Table;
use super::link;
use super::state::Kernel;
use crate::call::switch::{self, Switch};
use crate::error::{Cause, Failed, LoadError};
use crate::loader::Mapped;
use crate::metadata::Metadata;
use crate::primitive::Arc;

impl Kernel {
    /// Adds an entry to `switch` for each module that provides its interface, is used, and has none.
    ///
    /// # Errors
    /// The module root can't be listed.
    pub(super) fn register(&self, switch: &'static Switch) -> Result<(), LoadError> {
        let interface = switch.template.declaration.name;
        // Without the lock: this reads files.
        let installed = self
            .catalog
            .all_providers(interface, &|module| self.configuration.uses(module))
            .map_err(|cause| LoadError::new(interface, cause))?;
        let mut table = self.control.lock();
        let address = std::ptr::from_ref(switch).addr();
        let has = |image: &&Arc<Mapped>| switch::is_in(image.switches(), address);
        let Some(image) = table.images.switching().find(has).cloned() else {
            return Err(LoadError::new(
                interface,
                Failed::from(Cause::CallerUnloaded),
            ));
        };
        // The file of a loaded module may be gone.
        let loaded = table.all_running().map(|running| &running.metadata);
        let loaded = loaded.filter(|metadata| metadata.interface(interface).is_some());
        let mut new: Vec<Metadata> = Vec::new();
        for metadata in installed.iter().chain(loaded) {
            let named = |known: &Metadata| known.name() == metadata.name();
            let known = switch.all().iter().any(|entry| named(entry.metadata()));
            if !known && !new.iter().any(named) {
                new.push(metadata.clone());
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let numbered = |metadata: Metadata| {
            let number = table.number(interface, metadata.name());
            (metadata, number)
        };
        let new: Vec<_> = new.into_iter().map(numbered).collect();
        let added = switch.publish(new);
        for entry in added {
            link::bind_entry(&table, &image, entry);
        }
        Ok(())
    }
}

impl Table {
    /// The number of a module in a switch table: the first that none has, from 0.
    fn number(&mut self, switch: &str, module: &str) -> usize {
        let modules = self.numbers.get_or_insert(switch, Vec::new);
        let known = modules.iter().position(|known| known == module);
        known.unwrap_or_else(|| {
            modules.push(module.to_owned());
            modules.len() - 1
        })
    }
}
