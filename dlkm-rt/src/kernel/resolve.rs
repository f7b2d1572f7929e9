//! Calls that found no module's function in their slot: which module serves them, and what
//! they are told if none does.

use super::asked_by::Ask;
use super::control::Table;
use super::link;
use super::record::Phase;
use super::state::Kernel;
use crate::call::hold_registry;
use crate::call::slot::Code;
use crate::call::stub::StubKind;
use crate::call::table::StubTable;
use crate::error::{Cause, LoadError, Remembered, UnloadError};
use crate::loader::{Origin, Serving};
use crate::os;
use dlkm_metadata::Class;

impl Kernel {
    /// The function behind an unbound stub; loads the module if it must.
    pub(super) fn resolve(
        &self,
        interface: &'static StubTable,
        index: usize,
    ) -> Result<Code, LoadError> {
        let name = interface.declaration.name;
        let function = interface.declaration.functions[index].name;
        self.resolve_call(interface, index, Ask::Call(name, function))
            .map_err(|error| {
                let error = error.for_function(name, function);
                self.remember(interface, index, &error);
                error
            })
    }

    fn resolve_call(
        &self,
        interface: &'static StubTable,
        index: usize,
        ask: Ask<'_>,
    ) -> Result<Code, LoadError> {
        let Serving { module, mut opened } = self.provider(interface.declaration.name)?;
        loop {
            self.replace_distrusted(&module, interface, index)?;
            self.load_opened(&module, ask, opened.take())?;
            let mut table = self.control.lock();
            if table.distrusted(&module).is_some() {
                continue;
            }
            // Unloaded again in between: load it anew. If it is there, it stays: the caller
            // took its hold before it saw the unbound slot, and an unload looks at holds.
            let Some(running) = table.running(&module) else {
                continue;
            };
            let refuse = |cause| LoadError::new(&*module, cause);
            let codes = link::exports(running, interface).map_err(refuse)?;
            let Some(code) = codes[index] else {
                return Err(refuse(link::missing(&running.metadata, interface)));
            };
            if !is_attached(&table, interface) {
                return Err(refuse(Cause::NotBooted));
            }
            let stub = &interface.stubs[index];
            // SAFETY: `link::exports` matched name and signature; the table keeps the
            // module's image until `link::unsettle` and the wait for calls.
            unsafe { stub.slot.bind(code) };
            if stub.kind == StubKind::Strong && interface.declaration.class == Class::Unloadable {
                table.record(&module).pinned = Some(ask.text());
            }
            return Ok(code);
        }
    }

    /// Lets calls of a stub fail as this one did, without asking again, where nothing that they
    /// could find would be different: until the module is loaded by name, unloaded or upgraded.
    fn remember(&self, interface: &'static StubTable, index: usize, error: &LoadError) {
        let mut table = self.control.lock();
        let Some(module) = table.provider(interface.declaration.name) else {
            return;
        };
        let lasts = match table.state(&module) {
            (Phase::Unloaded, failure) => failure.is_some(),
            // It is there, and does not have the function.
            (Phase::Loaded, _) => {
                table.distrusted(&module).is_none()
                    && matches!(
                        error.cause(),
                        Cause::NoInterface { .. }
                            | Cause::WrongInterface { .. }
                            | Cause::MissingFunction { .. }
                    )
            }
            (Phase::Loading(_) | Phase::Unloading(_), _) => false,
        };
        if !lasts || !is_attached(&table, interface) {
            return;
        }
        let known = table.remembered.iter().find(|known| known.says(error));
        let failure = known.copied().unwrap_or_else(|| {
            let failure: &'static Remembered = Box::leak(Box::new(error.into()));
            table.remembered.push(failure);
            failure
        });
        interface.stubs[index].remember(failure);
    }

    /// The function behind a weak stub that was called while its module was being unloaded;
    /// `None` if that succeeded, or if this very thread is at it.
    pub(super) fn settle(&self, interface: &'static StubTable, index: usize) -> Option<Code> {
        let Serving { module, .. } = self.provider(interface.declaration.name).ok()?;
        let table = self.control.settle(self.control.lock(), &module).ok()?;
        if table.distrusted(&module).is_some() {
            return None;
        }
        // Its slot is bound again by now: there is nothing to store.
        let codes = link::exports(table.running(&module)?, interface).ok()?;
        codes.get(index).copied().flatten()
    }

    /// Unloads a module that panicked and is not to be called again, for a call of it that
    /// waits for that.
    fn replace_distrusted(
        &self,
        module: &str,
        interface: &'static StubTable,
        index: usize,
    ) -> Result<(), LoadError> {
        let Some(message) = self.control.lock().distrusted(module).map(str::to_owned) else {
            return Ok(());
        };
        // A `#[stub]` takes no hold: what this thread's record counts is a call around this one,
        // which is in the module.
        let holds = interface.stubs[index].kind != StubKind::Strong;
        let _outside = holds.then(|| hold_registry::step_outside(interface));
        // Another thread may have been quicker, or an upgrade.
        let still = |table: &Table| table.distrusted(module).is_some();
        match self.unload_if(module, still) {
            Ok(()) | Err(UnloadError::NotLoaded { .. }) => Ok(()),
            Err(source) => Err(LoadError::new(
                module,
                Cause::Distrusted { message, source },
            )),
        }
    }

    /// Lets nobody call `module` again before it was unloaded: it panicked. One that can't be
    /// unloaded goes on. The call was in the image at `origin`, if that is known.
    pub(super) fn distrust(&self, module: &str, message: &str, origin: Option<usize>) {
        let retired = |table: &Table| -> Vec<*const ()> {
            let retired = table.retired.iter();
            retired.map(|one| one.running.image.address()).collect()
        };
        let mut known = Vec::new();
        let mut table = self.control.lock();
        // Without the lock: `os::image_base` waits for the dynamic linker's, under which an
        // image's destructors run, and these may call a stub, which waits for ours. Again if
        // there was an upgrade meanwhile.
        while known != retired(&table) {
            known = retired(&table);
            drop(table);
            let replaced = |address: &*const ()| os::image_base(*address) == origin;
            if origin.is_some() && known.iter().any(replaced) {
                return;
            }
            table = self.control.lock();
        }
        let Some(running) = table.running(module).cloned() else {
            return;
        };
        let stays = matches!(running.origin, Origin::Static(_))
            || link::load_only(&table, &running).is_some()
            || table.record(module).pinned.is_some();
        if !stays {
            table.record(module).distrusted = Some(message.to_owned());
            link::unsettle(&table, &running);
        }
    }

    fn provider(&self, interface: &str) -> Result<Serving, LoadError> {
        if let Some(module) = self.control.lock().provider(interface) {
            let opened = None;
            return Ok(Serving { module, opened });
        }
        let serving = self
            .catalog
            .provider(interface)
            .map_err(|cause| LoadError::new(interface, cause))?;
        let mut table = self.control.lock();
        table.remember_provider(interface, &serving.module);
        Ok(serving)
    }

    /// The name of the function of `module` that starts at the first of these addresses
    /// where any does.
    pub(super) fn export_at(&self, module: &str, starts: &[*const ()]) -> Option<String> {
        let table = self.control.lock();
        // A hook that panics is not yet, or no longer, in service; it is no function either.
        let retired = table.retired.iter().map(|one| &one.running);
        let running: Vec<_> = table
            .all_running()
            .chain(retired)
            .filter(|one| one.metadata.name() == module)
            .collect();
        starts.iter().find_map(|start| {
            running.iter().find_map(|one| {
                let provider = one.provider()?;
                one.metadata.interfaces().iter().find_map(|interface| {
                    let mut functions = provider.functions(interface.name()).iter();
                    let at = functions.position(|code| code.address() == *start)?;
                    let function = interface.exports().get(at)?;
                    Some(format!("{}::{}", interface.name(), function.name()))
                })
            })
        })
    }
}

/// Whether the stub's image is one whose slots the kernel sets. One that was unloaded may still
/// have threads that call: nobody would unbind its stubs when a module goes.
fn is_attached(table: &Table, interface: &'static StubTable) -> bool {
    table.images.iter().any(|image| {
        image
            .interfaces()
            .as_ptr_range()
            .contains(&std::ptr::from_ref(interface))
    })
}
