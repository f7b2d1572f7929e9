//! Calls that found no module's function in their slot: which module serves them, and which error
//! they get if none does.

use super::control::Table;
use super::link;
use super::record::Stage;
use super::request::{AskedBy, Request};
use super::state::Kernel;
use super::stays::Stays;
use crate::call::hold_registry;
use crate::call::slot::Code;
use crate::call::stub::StubKind;
use crate::call::switch;
use crate::call::table::StubTable;
use crate::error::{Cause, Failed, LoadError, Remembered, UnloadError, cause};
use crate::loader::{Mapped, Serving};
use crate::metadata::Phase;
use crate::os;
use crate::primitive::MutexGuard;
use dlkm_metadata::Class;
use dlkm_metadata::small::owned;

impl Kernel {
    /// Finds the function behind an unbound stub; loads the module if necessary.
    pub(super) fn resolve(
        &self,
        interface: &'static StubTable,
        index: usize,
    ) -> Result<Code, LoadError> {
        let declared = &interface.declaration;
        let (name, function) = (declared.name, declared.functions.get(index).name);
        self.resolve_call(interface, index).map_err(|error| {
            let error = error.for_function(name, function);
            self.remember(interface, index, &error);
            error
        })
    }

    fn resolve_call(&self, interface: &'static StubTable, index: usize) -> Result<Code, LoadError> {
        let declared = &interface.declaration;
        let asked_by = AskedBy::Call {
            interface: declared.name,
            function: declared.functions.get(index).name,
        };
        loop {
            let (table, Serving { module, opened }) = self.serving(interface)?;
            if image_of(&table, interface).is_none() {
                return Err(LoadError::new(
                    &*module,
                    Failed::from(Cause::CallerUnloaded),
                ));
            }
            if let Some(message) = table.distrusted(&module).map(owned) {
                drop(table);
                self.replace_distrusted(&module, message, interface, index)?;
                continue;
            }
            let request = Request {
                module: &module,
                asked_by,
                phase: Phase::Auto,
                opened,
            };
            let mut found = None;
            self.load_in(table, request, &mut |table| {
                found = bind_call(table, &module, interface, index).transpose();
            })?;
            // If it was unloaded in between, load it again. If it is loaded, it stays: the caller
            // took its hold before it saw the unbound slot, and an unload reads the holds.
            if let Some(code) = found {
                return code;
            }
        }
    }

    /// Makes later calls of a stub fail like this one, without asking again, if the outcome would be
    /// the same: until the module is loaded by name, unloaded or upgraded.
    fn remember(&self, interface: &'static StubTable, index: usize, error: &LoadError) {
        let mut table = self.control.lock();
        let module = match interface.entry {
            Some(entry) => Some(owned(entry.module)),
            None => table.provider(interface.declaration.name),
        };
        let Some(module) = module else {
            return;
        };
        let lasts = match table.state(&module) {
            (Stage::Unloaded, failure) => failure.is_some(),
            // The module is loaded, and does not have the function.
            (Stage::Loaded, _) => {
                table.distrusted(&module).is_none()
                    && matches!(
                        error.cause(),
                        Cause::NoInterface { .. }
                            | Cause::WrongInterface { .. }
                            | Cause::MissingFunction { .. }
                    )
            }
            (Stage::Loading(_) | Stage::Unloading(_), _) => false,
        };
        if !lasts || image_of(&table, interface).is_none() {
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
    /// `None` if the unload succeeded, or if this thread itself is unloading it.
    pub(super) fn resolve_weak(&self, interface: &'static StubTable, index: usize) -> Option<Code> {
        let (table, Serving { module, .. }) = self.serving(interface).ok()?;
        let table = self.control.settle(table, &module).ok()?;
        if table.distrusted(&module).is_some() {
            return None;
        }
        let running = table.running(&module)?;
        let image = image_of(&table, interface)?;
        link::bind_stub(running, image, interface, index).ok()?
    }

    /// Unloads a module that panicked and must not be called again, for a call of it that waits.
    fn replace_distrusted(
        &self,
        module: &str,
        message: String,
        interface: &'static StubTable,
        index: usize,
    ) -> Result<(), LoadError> {
        // A `#[stub]` takes no hold: this thread's record counts a call around this one, which is
        // in the module.
        let holds = interface.kinds[index] != StubKind::Strong;
        let _outside = holds.then(|| hold_registry::step_outside(interface));
        self.let_go();
        // Another thread or an upgrade may have replaced it already.
        let still = |table: &Table| table.distrusted(module).is_some();
        match self.unload_if(module, still) {
            Ok(()) | Err(UnloadError::NotLoaded { .. }) => Ok(()),
            Err(source) => Err(LoadError::new(
                module,
                Failed::from(cause::Distrusted { message, source }),
            )),
        }
    }

    /// Prevents calls of `module`, which panicked, until it has been unloaded. A module that can't
    /// be unloaded stays in service. The call was in the image at `origin`, if that is known.
    pub(super) fn distrust(&self, module: &str, message: &str, origin: Option<usize>) {
        let retired = |table: &Table| -> Vec<*const ()> {
            let retired = table.retired.iter();
            retired.map(|one| one.running.image.address()).collect()
        };
        let mut known = Vec::new();
        let mut table = self.control.lock();
        // Without the table's lock: `os::image_base` waits for the dynamic linker's lock, under
        // which an image's destructors run, and these may call a stub, which waits for the table's
        // lock. Repeated if there was an upgrade in between.
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
        if Stays::of(&table, &running).is_none() {
            table.record(module).distrusted = Some(owned(message));
            link::suspend(&table, &running);
        }
    }

    /// The module that serves `interface`, and the lock under which that is true.
    fn serving(
        &self,
        interface: &StubTable,
    ) -> Result<(MutexGuard<'_, Table>, Serving), LoadError> {
        let table = self.control.lock();
        if let Some(entry) = interface.entry {
            let (module, opened) = (owned(entry.module), None);
            return Ok((table, Serving { module, opened }));
        }
        let interface = interface.declaration.name;
        if let Some(module) = table.provider(interface) {
            let opened = None;
            return Ok((table, Serving { module, opened }));
        }
        // Without the lock: this reads files.
        drop(table);
        let serving = self
            .catalog
            .provider(interface, &|module| self.configuration.uses(module))
            .map_err(|cause| LoadError::new(interface, cause))?;
        let mut table = self.control.lock();
        table.remember_provider(interface, &serving.module);
        Ok((table, serving))
    }

    /// The name of the first function of `module` that starts at one of these addresses.
    pub(super) fn export_at(&self, module: &str, starts: &[*const ()]) -> Option<String> {
        let table = self.control.lock();
        // A module whose hook panics is not yet, or no longer, in service; a hook is not a function
        // of the interface either.
        let retired = table.retired.iter().map(|one| &one.running);
        let running: Vec<_> = table
            .all_running()
            .chain(retired)
            .filter(|one| one.metadata.name() == module)
            .collect();
        starts.iter().find_map(|start| {
            running.iter().find_map(|one| {
                let wrapper = one.wrapper()?;
                one.metadata.interfaces().iter().find_map(|interface| {
                    let mut functions = wrapper.functions(interface.name()).iter();
                    let at = functions.position(|code| code.address() == *start)?;
                    let function = interface.exports().get(at)?;
                    Some(format!("{}::{}", interface.name(), function.name()))
                })
            })
        })
    }
}

/// Binds the slot of a stub whose module was loaded just now, and returns the function;
/// `None` if the module is unloaded again, or must not be called.
fn bind_call(
    table: &mut Table,
    module: &str,
    interface: &'static StubTable,
    index: usize,
) -> Result<Option<Code>, LoadError> {
    if table.distrusted(module).is_some() {
        return Ok(None);
    }
    let Some(running) = table.running(module) else {
        return Ok(None);
    };
    let stub = &interface.stubs[index];
    if !stub.slot.is_unbound() {
        // The load or another caller has bound it: matching names and signatures once is enough.
        return Ok(Some(stub.slot.code()));
    }
    let refuse = |cause: Failed| LoadError::new(module, cause);
    let Some(image) = image_of(table, interface) else {
        return Err(refuse(Cause::CallerUnloaded.into()));
    };
    let Some(code) = link::bind_stub(running, image, interface, index).map_err(refuse)? else {
        return Err(refuse(link::missing(&running.metadata, interface)));
    };
    let declared = &interface.declaration;
    if interface.kinds[index] == StubKind::Strong && declared.class == Class::Unloadable {
        let function = declared.functions.get(index).name;
        table.record(module).pinned = Some(format!("{}::{function}", declared.name));
    }
    Ok(Some(code))
}

/// The stub's image, if the kernel sets its slots. An image that was unloaded may still
/// have threads that call: nothing would unbind its stubs when a module is unloaded.
fn image_of<'a>(table: &'a Table, interface: &'static StubTable) -> Option<&'a Mapped> {
    let mut images = table.images.iter();
    let image = images.find(|image| match interface.entry {
        Some(entry) => switch::is_in(image.switches(), entry.switch),
        None => {
            let all = image.interfaces().as_ptr_range();
            all.contains(&std::ptr::from_ref(interface))
        }
    })?;
    Some(image)
}
