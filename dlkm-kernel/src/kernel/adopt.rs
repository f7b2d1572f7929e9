//! Changes of the configuration while the kernel runs: all at once, or none.

use std::fmt;

use dlkm_system::{Cause, Choice, State, SystemFile};

use super::configuration::capable;
use super::info::ModuleInfo;
use super::request::{AskedBy, Request};
use super::state::Kernel;
use super::stays::Stays;
use crate::error::{LoadError, UnloadError};
use crate::primitive::Arc;

/// What [`Kernel::adopt`] did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Adopted {
    /// The modules that it loaded, in order.
    pub loaded: Vec<String>,
    /// The modules that it unloaded, in order.
    pub unloaded: Vec<String>,
}

/// Why a change of the configuration must wait for the next boot.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Waits {
    /// Into and out of the state `static`, a module goes only with another program.
    #[non_exhaustive]
    Static {
        /// The module.
        module: String,
        /// The state that it is to have.
        choice: Choice,
    },
    /// The module that is to be unused can't be unloaded now.
    #[non_exhaustive]
    InUse {
        /// Why.
        source: UnloadError,
    },
    /// The module is loaded in another version than the one that is wanted.
    #[non_exhaustive]
    Version {
        /// The module.
        module: String,
        /// The version that is loaded.
        loaded: String,
        /// The version that is wanted.
        wanted: String,
    },
    /// The module that is to be loaded can't be.
    #[non_exhaustive]
    Load {
        /// Why.
        source: LoadError,
    },
    /// The lines `verify` or `key` differ, which a kernel reads at its boot.
    Trust,
}

impl fmt::Display for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Waits::Static { module, choice } => write!(
                f,
                "module `{module}` becomes {choice} when the program is built anew and started"
            ),
            Waits::InUse { source } => source.fmt(f),
            Waits::Version {
                module,
                loaded,
                wanted,
            } => write!(
                f,
                "module `{module}` is loaded in version {loaded}; version {wanted} is loaded at the \
                 next boot"
            ),
            Waits::Load { source } => source.fmt(f),
            Waits::Trust => f.write_str("lines `verify` and `key` count from the next boot on"),
        }
    }
}

/// What a change of the file means for the modules of this moment.
#[derive(Default)]
struct Steps {
    unload: Vec<String>,
    load: Vec<String>,
    waits: Vec<Waits>,
}

impl Kernel {
    /// Follows another system file from now on: loads the modules that it newly wants loaded, and
    /// unloads those that it wants unused. As on HP-UX, all changes apply at once, or none does:
    /// if one must wait for the next boot, the modules are as before, as far as those that were
    /// unloaded meanwhile can be loaded again. A module that was `loaded` and is `auto` now stays as it
    /// is until the next boot.
    ///
    /// It does not write the file. A tool asks [`would_adopt`](Self::would_adopt), writes it, and
    /// then calls this.
    ///
    /// # Errors
    /// Why each change that must wait does so.
    pub fn adopt(&self, file: SystemFile) -> Result<Adopted, Vec<Waits>> {
        let Steps {
            unload,
            load,
            waits,
        } = self.steps_to(&file);
        if !waits.is_empty() {
            return Err(waits);
        }
        let mut done = Adopted::default();
        let mut causes = Vec::new();
        for module in unload {
            let cause = self.module(&module).and_then(|info| info.cause());
            match self.unload(&module) {
                Ok(()) => {
                    done.unloaded.push(module);
                    causes.push(cause);
                }
                // It went with the call that used it, or by another thread.
                Err(UnloadError::NotLoaded { .. }) => {}
                Err(source) => {
                    self.undo(&done, &causes);
                    return Err(vec![Waits::InUse { source }]);
                }
            }
        }
        let file = Arc::new(file);
        let before = self.configuration.replace(Some(Arc::clone(&file)));
        // What was tuned since the boot gives way to a later line of the file.
        let forgotten = self.tuned.forget(|module, key| {
            let said = |file: &SystemFile| {
                let line = file.tunable(module, key)?;
                Some((line.value.clone(), line.quoted))
            };
            before.as_deref().and_then(said) != said(&file)
        });
        for module in load {
            match self.load_module(Request::new(&module, AskedBy::Boot)) {
                Ok(loaded) => done.loaded.extend(loaded),
                Err(source) => {
                    self.configuration.replace(before);
                    for (module, key, value) in forgotten {
                        if self.tuned.get(&module, &key).is_none() {
                            self.tuned.set(&module, &key, &value);
                        }
                    }
                    self.undo(&done, &causes);
                    return Err(vec![Waits::Load { source }]);
                }
            }
        }
        self.refresh();
        Ok(done)
    }

    /// Why changes to this system file would have to wait for the next boot, as far as this can be
    /// known without unloading anything; empty if [`adopt`](Self::adopt) may succeed.
    pub fn would_adopt(&self, file: &SystemFile) -> Vec<Waits> {
        self.steps_to(file).waits
    }

    /// The steps from the present modules to those of the file. A module is unloaded before those
    /// that it needs.
    fn steps_to(&self, file: &SystemFile) -> Steps {
        let mut steps = Steps::default();
        let followed = self.configuration.file();
        let followed = followed.as_deref();
        let verify = followed.map(SystemFile::verify).unwrap_or_default();
        if file.verify() != verify
            || !file
                .keys()
                .eq(followed.into_iter().flat_map(SystemFile::keys))
        {
            steps.waits.push(Waits::Trust);
        }
        // Without the table's lock: this reads the images that the file wants loaded.
        let metadata: Vec<_> = self.catalog.linked_modules().cloned().collect();
        for linked in &metadata {
            let choice = self.configuration.choice_in(Some(file), linked.name());
            let leaves = match choice.state() {
                Some(State::Static) | None => false,
                // As at the boot: it is used all the same.
                Some(State::Unused) => !linked.is_critical(),
                Some(_) => true,
            };
            if leaves && choice != self.configuration.of(linked.name()).choice {
                let module = linked.name().to_owned();
                steps.waits.push(Waits::Static { module, choice });
            }
        }
        let is_linked = |name: &str| metadata.iter().any(|one| one.name() == name);
        for setting in file.modules() {
            let (module, choice) = (self.spelled(&setting.name).into_owned(), setting.choice);
            if is_linked(&module) {
                continue;
            }
            let was = self.configuration.of(&module).choice;
            let info = self.module(&module);
            let loaded = info.as_ref().filter(|info| info.cause().is_some());
            match (choice, loaded) {
                _ if (was == Choice::Static) != (choice == Choice::Static) => {
                    steps.waits.push(Waits::Static { module, choice });
                }
                (Choice::Unused | Choice::Static, _) => {}
                (_, Some(info)) => steps.waits.extend(other_version(info, &setting.version)),
                (Choice::Loaded, None) => steps.load.push(module),
                (_, None) => {
                    let known = info.as_ref().and_then(ModuleInfo::metadata);
                    let best = known.map(|known| choice.resolve(&capable(known)));
                    if best == Some(Ok(State::Loaded)) {
                        steps.load.push(module);
                    }
                }
            }
        }
        let table = self.control.lock();
        let mut leaving: Vec<_> = table
            .all_loaded()
            .filter(|running| {
                let name = running.metadata.name();
                let unused = self.configuration.choice_in(Some(file), name) == Choice::Unused;
                unused && !running.metadata.is_critical() && !is_linked(name)
            })
            .collect();
        for running in &leaving {
            if let Some(stays) = Stays::of(&table, running) {
                let source = stays.unload_error(running.metadata.name());
                steps.waits.push(Waits::InUse { source });
            }
        }
        while !leaving.is_empty() {
            let needed = |name: &str| {
                let mut all = leaving.iter();
                all.any(|one| one.depends.iter().any(|needed| needed == name))
            };
            let free = leaving.iter().position(|one| !needed(one.metadata.name()));
            // Loaded modules are no circle.
            let first = leaving.remove(free.unwrap_or(0));
            steps.unload.push(first.metadata.name().to_owned());
        }
        steps
    }

    /// Loads what was unloaded, for the causes that it had, and unloads what was loaded, as far as
    /// possible.
    fn undo(&self, done: &Adopted, causes: &[Option<Cause>]) {
        for module in done.loaded.iter().rev() {
            let _ = self.unload_module(module);
        }
        for (module, cause) in done.unloaded.iter().zip(causes).rev() {
            let _ = self.load_module(Request::new(module, AskedBy::Name));
            let mut table = self.control.lock();
            if let (Some(running), Some(cause)) = (&mut table.record(module).running, *cause) {
                running.cause = cause;
            }
        }
    }

    /// Lets loaded modules have the idle times of the file, and calls that failed ask again.
    fn refresh(&self) {
        let mut table = self.control.lock();
        let loaded: Vec<_> = table
            .all_loaded()
            .map(|one| (one.metadata.name().to_owned(), one.metadata.idle()))
            .collect();
        for (module, authors) in loaded {
            let idle = self.configuration.idle(&module, authors);
            if let Some(running) = &mut table.record(&module).running {
                running.idle = idle;
            }
        }
        table.forget_providers();
        table.forget_load_failures();
        super::link::forget_failures(&table);
    }
}

fn other_version(info: &ModuleInfo, wanted: &Option<Box<str>>) -> Option<Waits> {
    let (loaded, wanted) = (info.version()?, wanted.as_deref()?);
    (loaded != wanted).then(|| Waits::Version {
        module: info.name().to_owned(),
        loaded: loaded.to_owned(),
        wanted: wanted.to_owned(),
    })
}
