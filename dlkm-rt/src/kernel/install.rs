//! The sequences that bring a module in and take it out.

use std::time::Instant;

use super::asked_by::{Ask, allow};
use super::control::{Begin, Table};
use super::info::ModuleInfo;
use super::observe::Event;
use super::record::{Kept, KeptImage, Phase, Running, load_arg, me};
use super::state::Kernel;
use super::{depend, link};
use crate::call::hold_registry;
use crate::declare::module::LoadArg;
use crate::error::{Cause, LoadError, UnloadError};
use crate::loader::{Found, Mapped, OpenFile, Origin, Protocol};
use crate::metadata::Metadata;
use crate::os;
use crate::primitive::Arc;

impl Kernel {
    /// Loads `module` now, and waits until it is loaded. Does nothing if it is. A load that
    /// failed before is tried again.
    ///
    /// # Errors
    /// Whatever step failed; the module is then as it was before.
    pub fn load(&self, module: &str) -> Result<(), LoadError> {
        {
            let mut table = self.control.lock();
            table.forget_providers();
            link::forget_failures(&table);
        }
        self.load_module(module, Ask::Name).map(drop)
    }

    /// Unloads `module`: its stubs load it again. Once this returns `Ok`, no call is in it. That
    /// is a statement about calls: threads that it has started, and not stopped in its unload
    /// hook, go on, and its code is then kept for them, which [`Event::Unloaded`] and
    /// [`ModuleInfo::kept`] say. The system may keep it mapped too, for thread-local data. The
    /// next load begins anew in any case, then with a copy of the file: see [`ModuleInfo::copy`].
    ///
    /// # Errors
    /// The module is busy, held by values or threads, not loaded, static, load-only or pinned, or
    /// its unload hook refused. It then goes on working.
    pub fn unload(&self, module: &str) -> Result<(), UnloadError> {
        self.finish(Some(module));
        self.unload_module(module)
    }

    /// Loads `module` unless it is loaded. Returns what this call loaded, each module after
    /// those it depends on.
    pub(super) fn load_module(&self, module: &str, ask: Ask<'_>) -> Result<Vec<String>, LoadError> {
        self.load_opened(module, ask, None)
    }

    /// As [`load_module`](Self::load_module), for somebody who may have opened its image.
    pub(super) fn load_opened(
        &self,
        module: &str,
        ask: Ask<'_>,
        opened: Option<OpenFile>,
    ) -> Result<Vec<String>, LoadError> {
        let again = !matches!(ask, Ask::Call(..));
        let ticket = match self.control.begin_load(module, again)? {
            Begin::Loaded => return Ok(Vec::new()),
            Begin::Mine(ticket) => ticket,
        };
        if again {
            link::forget_failures(&self.control.lock());
        }
        // What was opened before a wait may not be the file that is there now.
        let opened = opened.filter(|_| !ticket.waited);
        let start = Instant::now();
        let mut brought = Vec::new();
        let result = self
            .install(module, ask, opened, &mut brought)
            .map_err(|cause| LoadError::new(module, cause));
        let watched = self.observers.any();
        let info = result.as_ref().ok().filter(|_| watched);
        let info = info.map(ModuleInfo::loaded);
        let result = ticket.end(result, link::bind);
        match (&result, &info) {
            (Ok(()), Some(module)) => {
                let took = start.elapsed();
                self.observers.tell(&Event::Loaded {
                    module,
                    asked_by: &ask.text(),
                    took,
                });
            }
            (Err(error), _) => self.observers.tell(&Event::LoadFailed { module, error }),
            (Ok(()), _) => {}
        }
        result.map(|()| {
            brought.push(module.to_owned());
            brought
        })
    }

    /// Everything between the decision to load a module and its first call. What it loads
    /// for that goes into `brought`; on an error it is unloaded again, as far as it can be (a
    /// load-only module stays, and one that somebody else uses by now).
    fn install(
        &self,
        module: &str,
        ask: Ask<'_>,
        opened: Option<OpenFile>,
        brought: &mut Vec<String>,
    ) -> Result<Running, Cause> {
        let found = self.catalog.find(module, opened)?;
        allow(&found, ask)?;
        if let Ask::Call(interface, _) = ask
            && found.metadata.interface(interface).is_none()
        {
            let interface = interface.to_owned();
            return Err(Cause::NoInterface { interface });
        }
        depend::check(&self.catalog, &found.metadata)?;
        {
            let mut table = self.control.lock();
            link::check(&table, &found.metadata)?;
            table.record(module).depends = found.metadata.depends().to_vec();
        }
        let result = self
            .load_dependencies(&found.metadata, brought)
            .and_then(|()| self.start(found));
        if result.is_err() {
            self.control.lock().record(module).depends.clear();
            for needed in brought.iter().rev() {
                let _ = self.unload_module(needed);
            }
        }
        result
    }

    pub(super) fn load_dependencies(
        &self,
        metadata: &Metadata,
        brought: &mut Vec<String>,
    ) -> Result<(), Cause> {
        for needed in metadata.depends() {
            let fresh = self
                .load_module(needed, Ask::Dependant(metadata.name()))
                .map_err(|error| match error.cause() {
                    Cause::Circular { chain } => Cause::Circular {
                        chain: chain.clone(),
                    },
                    _ => Cause::Dependency { source: error },
                })?;
            brought.extend(fresh);
        }
        Ok(())
    }

    /// Opens the image, lets its stubs call what is loaded, and runs the load hook.
    fn start(&self, found: Found) -> Result<Running, Cause> {
        let mut running = self.open(found)?;
        let arg = load_arg(&running);
        self.run_load_hook(&mut running, &arg)?;
        Ok(running)
    }

    /// Opens the image, and lets its stubs call what is loaded.
    pub(super) fn open(&self, found: Found) -> Result<Running, Cause> {
        let Found { metadata, origin } = found;
        let image = match &origin {
            Origin::Static(_) => Arc::clone(&self.control.lock().images[0]),
            Origin::File(file) => {
                let protocol =
                    Protocol::of(&metadata).map_err(|differences| Cause::WrongBuild {
                        file: file.clone(),
                        differences,
                    })?;
                Mapped::open(
                    file,
                    metadata.name(),
                    protocol,
                    self.services,
                    self.c_services,
                )?
            }
        };
        let running = Running {
            metadata,
            origin,
            image,
            registered: 0,
        };
        if let Origin::File(file) = &running.origin {
            let right = running
                .provider()
                .is_some_and(|provider| provider.is(&running.metadata));
            if !right {
                return Err(Cause::Wrapper { file: file.clone() });
            }
            let mut table = self.control.lock();
            table.images.push(Arc::clone(&running.image));
            link::bind_image(&table, &running.image);
        }
        Ok(running)
    }

    /// Runs the load hook. If it fails, the image is forgotten.
    pub(super) fn run_load_hook(&self, running: &mut Running, arg: &LoadArg) -> Result<(), Cause> {
        let result = running
            .provider()
            .map_or(Ok(()), |provider| provider.load(arg));
        if let Err(error) = result {
            let mut table = self.control.lock();
            let kept = table.drop_image(running);
            table.record(running.metadata.name()).kept = kept;
            return Err(Cause::Hook { source: error });
        }
        running.registered = running.image.held();
        Ok(())
    }

    pub(super) fn unload_module(&self, module: &str) -> Result<(), UnloadError> {
        self.unload_if(module, |_| true)
    }

    /// Unloads a module, unless something has come about for which that is not `wanted`.
    pub(super) fn unload_if(
        &self,
        module: &str,
        wanted: impl FnOnce(&Table) -> bool,
    ) -> Result<(), UnloadError> {
        let named = || module.to_owned();
        let busy = |dependants| UnloadError::Busy {
            module: named(),
            dependants,
        };
        // Waiting fails where this very thread is loading or unloading the module.
        let mut table = self
            .control
            .settle_wholly(self.control.lock(), module)
            .map_err(|_| busy(Vec::new()))?;
        if !wanted(&table) {
            return Ok(());
        }
        let Some(running) = table.running(module).cloned() else {
            return Err(UnloadError::NotLoaded { module: named() });
        };
        if let Origin::Static(_) = running.origin {
            return Err(UnloadError::Static { module: named() });
        }
        if let Some(interface) = link::load_only(&table, &running) {
            return Err(UnloadError::LoadOnly {
                module: named(),
                interface,
            });
        }
        if let Some(function) = table.record(module).pinned.clone() {
            return Err(UnloadError::Pinned {
                module: named(),
                function,
            });
        }
        let dependants = table.dependants(module);
        if !dependants.is_empty() {
            return Err(busy(dependants));
        }

        link::unsettle(&table, &running);
        // From here on a call either finds its slot unsettled, or its entry is visible to
        // us: the heavy half of `os::light_barrier` in `HoldPlace::enter`.
        let barrier = os::heavy_barrier();
        if !barrier || hold_registry::in_flight(&running.metadata.interface_names()) > 0 {
            link::bind(&table, &running);
            return Err(match barrier {
                true => busy(Vec::new()),
                false => UnloadError::NoBarrier { module: named() },
            });
        }
        // Only now: while no call is in flight, nobody makes a first one.
        let values = running.image.held().saturating_sub(running.registered);
        if values > 0 {
            link::bind(&table, &running);
            return Err(UnloadError::Held {
                module: named(),
                values,
            });
        }
        let threads = running.image.holding_threads();
        if threads > 0 {
            link::bind(&table, &running);
            return Err(UnloadError::Threads {
                module: named(),
                threads,
            });
        }
        table.record(module).phase = Phase::Unloading(me());
        drop(table);

        let result = running
            .provider()
            .map_or(Ok(()), |provider| provider.unload(&load_arg(&running)));
        // Without the lock: the dynamic linker has one of its own.
        let place = os::place_of(running.image.address());
        let mut table = self.control.lock();
        if let Err(source) = result {
            table.record(module).phase = Phase::Loaded;
            link::bind(&table, &running);
            self.control.changed(&table);
            return Err(UnloadError::Hook {
                module: named(),
                source,
            });
        }
        link::unbind(&table, &running);
        let kept = table.drop_image(&running);
        let record = table.record(module);
        record.kept = kept;
        record.running = None;
        record.distrusted = None;
        record.depends.clear();
        if let Some(stay) = &mut record.stay {
            stay.end(place);
        }
        drop(table);
        // Closes the image, before anyone can load it anew.
        drop(running);
        let mut table = self.control.lock();
        table.record(module).phase = Phase::Unloaded;
        self.control.changed(&table);
        drop(table);
        self.observers.tell(&Event::Unloaded { module, kept });
        Ok(())
    }
}

impl Table {
    /// Forgets an image that goes. Its own stubs are unbound first: the system may keep it
    /// mapped for thread-local destructors, which may call them, and by then what they were
    /// bound to may be gone. Its code must stay if threads run it, or if a hook left a value with somebody.
    pub(super) fn drop_image(&mut self, running: &Running) -> Option<Kept> {
        let Origin::File(_) = running.origin else {
            return None;
        };
        link::unbind_image(&running.image);
        self.images
            .retain(|image| !Arc::ptr_eq(image, &running.image));
        let kept = match (running.image.threads(), running.image.held()) {
            (0, 0) => None,
            (0, values) => Some(Kept::Values(values)),
            (threads, _) => Some(Kept::Threads(threads)),
        };
        if kept.is_some() {
            // Neither detached nor closed, until `Kernel::let_go` finds that it can be.
            self.kept.push(KeptImage {
                module: running.metadata.name().to_owned(),
                image: Arc::clone(&running.image),
            });
        }
        kept
    }
}
