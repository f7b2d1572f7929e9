//! The sequences of steps that load and unload a module.

use std::time::Instant;

use dlkm_system as system;

use super::configuration::Admitted;
use super::control::{Begin, Table};
use super::depend::When;
use super::info::ModuleInfo;
use super::link;
use super::observe::Event;
use super::record::{Running, Stage, load_arg, me};
use super::request::{AskedBy, Request};
use super::state::Kernel;
use super::stays::Stays;
use crate::call::hold_registry;
use crate::declare::module::LoadArg;
use crate::error::{Cause, Failed, LoadError, UnloadError, cause, unload_error};
use crate::loader::{Found, Mapped, Origin, Protocol};
use crate::metadata::{Metadata, Phase};
use crate::os;
use crate::primitive::{Arc, MutexGuard};

impl Kernel {
    /// Loads `module` now, and returns when it is loaded. Does nothing if it is loaded already. If
    /// an earlier load failed, tries again. In the names of modules, `-` and `_` are one, here and
    /// wherever a module is asked for by its name.
    ///
    /// # Errors
    /// A step of the load failed; the error's cause says which. The module is not loaded.
    pub fn load(&self, module: &str) -> Result<(), LoadError> {
        {
            let mut table = self.control.lock();
            table.forget_providers();
            link::forget_failures(&table);
        }
        self.load_module(Request::new(&self.spelled(module), AskedBy::Name))
            .map(drop)
    }

    /// Unloads `module`; its stubs load it again. Once this returns `Ok`, no call is in it.
    /// Threads that it has started, and not stopped in its unload hook, keep running. The kernel
    /// keeps the module's code in memory for them, which [`Event::Unloaded`] and
    /// [`ModuleInfo::kept`] report. It also keeps the code, for good, if something of the module may
    /// be left behind: see [`Kept::Borrows`](crate::Kept::Borrows). The system may also keep it
    /// mapped, for thread-local data. In any case the next load starts afresh, if necessary with a
    /// copy of the file: see [`ModuleInfo::copy`].
    ///
    /// # Errors
    /// The module is busy, held by values or threads, not loaded, static, load-only or pinned, or
    /// its unload hook failed. It then continues to work.
    pub fn unload(&self, module: &str) -> Result<(), UnloadError> {
        let module = &*self.spelled(module);
        self.finish(Some(module));
        self.unload_module(module)
    }

    /// Unloads `module`, and then each module that was loaded only because that one, or another of
    /// these, depends on it, and that no other needs. Returns the names of all, in order. A
    /// module that can't be unloaded stays, and so do those that it needs.
    ///
    /// # Errors
    /// As for [`unload`](Self::unload), for `module` itself.
    pub fn unload_with_dependencies(&self, module: &str) -> Result<Vec<String>, UnloadError> {
        let module = &*self.spelled(module);
        let depends = |module: &str| {
            let table = self.control.lock();
            table.running(module).map(|running| running.depends.clone())
        };
        let mut next = depends(module).unwrap_or_default();
        self.unload(module)?;
        let mut gone = vec![module.to_owned()];
        while let Some(needed) = next.pop() {
            let lent = {
                let table = self.control.lock();
                let running = table.running(&needed);
                let only_needed = running.is_some_and(|one| one.cause == system::Cause::Depend);
                only_needed && table.dependants(&needed).is_empty()
            };
            let below = depends(&needed).unwrap_or_default();
            if lent && self.unload(&needed).is_ok() {
                gone.push(needed);
                next.extend(below);
            }
        }
        Ok(gone)
    }

    /// Loads the module unless it is loaded. Returns the modules that this loaded, each after those
    /// that it depends on.
    pub(super) fn load_module(&self, request: Request<'_>) -> Result<Vec<String>, LoadError> {
        self.load_in(self.control.lock(), request, &mut |_| {})
    }

    /// Like [`load_module`](Self::load_module), but takes over the caller's lock. `then` runs under
    /// the lock in which the module was found loaded, or was put into service.
    pub(super) fn load_in<'a>(
        &'a self,
        table: MutexGuard<'a, Table>,
        mut request: Request<'_>,
        then: &mut dyn FnMut(&mut Table),
    ) -> Result<Vec<String>, LoadError> {
        let (module, asked_by) = (request.module, request.asked_by);
        if request.retries() {
            link::forget_failures(&table);
        }
        let ticket = match self.control.begin_load(table, module, request.retries())? {
            Begin::Loaded(mut table) => {
                then(&mut table);
                return Ok(Vec::new());
            }
            Begin::Mine(ticket) => ticket,
        };
        if ticket.waited {
            // The file may have been replaced during the wait.
            request.opened = None;
        }
        let start = Instant::now();
        let mut brought = Vec::new();
        let phase = request.phase;
        let result = self.install(request, &mut brought);
        let loaded = result.as_ref().ok().map(|running| running.metadata.clone());
        let watched = self.observers.any();
        let info = result.as_ref().ok().filter(|_| watched);
        let info = info.map(ModuleInfo::loaded);
        let result = ticket.end(result, link::bind, then);
        match (&result, &info) {
            (Ok(()), Some(module)) => {
                let took = start.elapsed();
                self.observers.tell(&Event::Loaded {
                    module,
                    asked_by,
                    took,
                });
                if let Some(metadata) = module.metadata() {
                    self.tell_unknown_tunables(metadata);
                }
            }
            (Err(error), _) => self.observers.tell(&Event::LoadFailed { module, error }),
            (Ok(()), None) => {}
        }
        result.map(|()| {
            brought.push(module.to_owned());
            if let Some(metadata) = loaded {
                self.load_wanted(&metadata, phase, When::After, &mut brought);
            }
            brought
        })
    }

    /// Everything between the decision to load a module and its first call.
    fn install(
        &self,
        request: Request<'_>,
        brought: &mut Vec<String>,
    ) -> Result<Running, LoadError> {
        let module = request.module;
        let result = self
            .prepare(request, &link::check, brought)
            .and_then(|running| {
                let arg = load_arg(&running);
                self.run_load_hook(&running, &arg)?;
                Ok(running)
            });
        if result.is_err() {
            self.give_back(module, &[], brought);
        }
        result
    }

    /// Brings a module into memory, beside the version that serves now, if any: finds it and checks
    /// it, `fits` included; claims its dependencies and loads them; opens its image, and binds the
    /// image's stubs to loaded modules. No stub leads to it yet, and its load hook has not run. The
    /// modules that it loads go into `brought`; after a failure, call
    /// [`give_back`](Self::give_back), with the same `depends`.
    pub(super) fn prepare(
        &self,
        mut request: Request<'_>,
        fits: &dyn Fn(&Table, &Metadata) -> Result<(), LoadError>,
        brought: &mut Vec<String>,
    ) -> Result<Running, LoadError> {
        let module = request.module;
        let failed = |cause: Failed| LoadError::new(module, cause);
        let opened = request.opened.take();
        let found = self
            .catalog
            .find(module, opened)
            .map_err(|cause| self.configuration.why(module, request.asked_by, cause))
            .map_err(failed)?;
        // First: that a module is unused wins over all else.
        let is_static = found.image.is_none();
        let admitted = self
            .configuration
            .admit(&request, &found.metadata, is_static)
            .map_err(failed)?;
        request.check(&found).map_err(failed)?;
        self.tell_doubt(&found);
        let depends = self.check_dependencies(&found.metadata).map_err(failed)?;
        {
            let mut table = self.control.lock();
            fits(&table, &found.metadata)?;
            // The dependencies of the version that serves stay claimed.
            let claimed = &mut table.record(module).depends;
            claimed.extend_from_slice(&depends);
        }
        self.load_wanted(&found.metadata, request.phase, When::Before, brought);
        self.load_dependencies(module, &depends, request.phase, brought)
            .map_err(failed)?;
        self.open(found, depends, admitted).map_err(failed)
    }

    /// After a failure: restores the dependencies of `module`, and unloads the modules that were
    /// loaded for it, as far as possible (a load-only module stays, and one that others use by
    /// now).
    pub(super) fn give_back(&self, module: &str, depends: &[String], brought: &[String]) {
        self.control.lock().record(module).depends = depends.to_vec();
        if !brought.is_empty() {
            self.let_go();
        }
        for needed in brought.iter().rev() {
            let _ = self.unload_module(needed);
        }
    }

    fn load_dependencies(
        &self,
        module: &str,
        depends: &[String],
        phase: Phase,
        brought: &mut Vec<String>,
    ) -> Result<(), Failed> {
        for needed in depends {
            let fresh = self
                .load_module(Request::new(needed, AskedBy::Dependant { module }).during(phase))
                .map_err(|error| match error.cause() {
                    Cause::Circular { chain, .. } => Failed::from(cause::Circular {
                        chain: chain.clone(),
                    }),
                    _ => Failed::from(cause::Dependency { source: error }),
                })?;
            brought.extend(fresh);
        }
        Ok(())
    }

    /// Opens the image, binds its stubs to loaded modules, and sets its tunables.
    fn open(
        &self,
        found: Found,
        depends: Vec<String>,
        admitted: Admitted,
    ) -> Result<Running, Failed> {
        let Found {
            metadata,
            origin,
            image,
            ..
        } = found;
        let image = match image {
            None => Arc::clone(self.control.lock().images.host()),
            Some(image) => {
                let protocol = Protocol::of(&metadata).map_err(|differences| {
                    Failed::from(cause::WrongBuild {
                        file: image.path().to_owned(),
                        differences,
                    })
                })?;
                Mapped::open(
                    image,
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
            depends,
            cause: admitted.cause,
            idle: admitted.idle,
        };
        if let Origin::File(file) = &running.origin {
            let right = running
                .wrapper()
                .is_some_and(|wrapper| wrapper.is(&running.metadata));
            if !right {
                return Err(cause::Wrapper { file: file.clone() }.into());
            }
            let wrapper = running.wrapper();
            if let Some(function) = wrapper.and_then(|one| one.outside(&running.metadata)) {
                let file = file.clone();
                return Err(cause::Outside { file, function }.into());
            }
            let mut table = self.control.lock();
            table.images.add(&running.image);
            link::bind_image(&table, &running.image);
        }
        if let Err(cause) = self.set_tunables(&running) {
            self.discard(&running);
            return Err(cause);
        }
        Ok(running)
    }

    /// Runs the load hook. If that fails, drops the image. Values that the image makes before this
    /// returns don't keep the module loaded.
    ///
    /// # Errors
    /// The hook returned an error or panicked.
    pub(super) fn run_load_hook(&self, running: &Running, arg: &LoadArg) -> Result<(), LoadError> {
        let result = running
            .wrapper()
            .map_or(Ok(()), |wrapper| wrapper.load(arg));
        if let Err(source) = result {
            self.discard(running);
            let module = running.metadata.name();
            return Err(LoadError::new(module, Failed::from(cause::Hook { source })));
        }
        if let Origin::File(_) = running.origin {
            running.image.serve();
        }
        Ok(())
    }

    /// Drops an image that has never served.
    fn discard(&self, running: &Running) {
        running.image.end_states();
        let mut table = self.control.lock();
        let kept = table.drop_image(running);
        table.record(running.metadata.name()).kept = kept;
    }

    pub(super) fn unload_module(&self, module: &str) -> Result<(), UnloadError> {
        self.unload_if(module, |_| true)
    }

    /// Unloads a module, if that is still `wanted` when the lock is held.
    pub(super) fn unload_if(
        &self,
        module: &str,
        wanted: impl FnOnce(&Table) -> bool,
    ) -> Result<(), UnloadError> {
        let named = || module.to_owned();
        let busy = |dependants| {
            UnloadError::from(unload_error::Busy {
                module: named(),
                dependants,
            })
        };
        // Waiting fails if this thread itself is loading or unloading the module.
        let mut table = self
            .control
            .settle_wholly(self.control.lock(), module)
            .map_err(|_| busy(Vec::new()))?;
        if !wanted(&table) {
            return Ok(());
        }
        let Some(running) = table.running(module).cloned() else {
            return Err(UnloadError::from(unload_error::NotLoaded {
                module: named(),
            }));
        };
        if let Some(stays) = Stays::of(&table, &running) {
            return Err(stays.unload_error(module));
        }
        let dependants = table.dependants(module);
        if !dependants.is_empty() {
            return Err(busy(dependants));
        }

        link::suspend(&table, &running);
        // From here on a call either finds its slot suspended, or its entry is visible here: this
        // pairs with `os::light_barrier` in `HoldRecord::enter`.
        let barrier = os::heavy_barrier();
        if !barrier || hold_registry::in_flight(&running.metadata.counted_names()) > 0 {
            link::bind(&table, &running);
            return Err(match barrier {
                true => busy(Vec::new()),
                false => UnloadError::from(unload_error::NoBarrier { module: named() }),
            });
        }
        // Only now: while no call is in flight, no code can make a first value.
        let values = running.image.held();
        if values > 0 {
            link::bind(&table, &running);
            return Err(UnloadError::from(unload_error::Held {
                module: named(),
                values,
            }));
        }
        let threads = running.image.holding_threads();
        if threads > 0 {
            link::bind(&table, &running);
            return Err(UnloadError::from(unload_error::Threads {
                module: named(),
                threads,
            }));
        }
        table.record(module).phase = Stage::Unloading(me());
        drop(table);

        let result = running
            .wrapper()
            .map_or(Ok(()), |wrapper| wrapper.unload(&load_arg(&running)));
        if result.is_ok() {
            running.image.end_states();
        }
        let left = running.image.heap();
        // Without the table's lock: the dynamic linker has a lock of its own.
        let place = os::place_of(running.image.address());
        let mut table = self.control.lock();
        if let Err(source) = result {
            table.record(module).phase = Stage::Loaded;
            link::bind(&table, &running);
            self.control.changed(&table);
            return Err(UnloadError::from(unload_error::Hook {
                module: named(),
                source,
            }));
        }
        link::unbind(&table, &running);
        let kept = table.drop_image(&running);
        let record = table.record(module);
        record.kept = kept;
        record.left = record.left.saturating_add(left);
        record.distrusted = None;
        record.depends.clear();
        if let Some(stay) = &mut record.stay {
            stay.end(place);
        }
        table.put(module, None);
        drop(table);
        // Closes the image before it can be loaded again.
        drop(running);
        let mut table = self.control.lock();
        table.record(module).phase = Stage::Unloaded;
        self.control.changed(&table);
        drop(table);
        self.observers.tell(&Event::Unloaded { module, kept, left });
        Ok(())
    }
}
