//! The phases of a boot: which modules are loaded before anything calls them, and when.

use super::configuration::Configuration;
use super::report::Report;
use super::request::{AskedBy, Request};
use super::state::Kernel;
use crate::error::{BootError, boot_error};
use crate::loader::Installed;
use crate::metadata::{Metadata, Phase};
use crate::primitive::lock;
use crate::sorted::sort_by;
use dlkm_metadata::small::{list, owned};
use dlkm_system::{Choice, State, SystemFile};

impl Kernel {
    /// Says that a phase of the boot is due, and loads the modules of that phase, with those that
    /// they depend on: [`Phase::Boot2`] when the host's own parts have started, [`Phase::Init`] when
    /// it is about to serve. [`Phase::Boot1`] is due in [`boot`](Kernel::boot). A phase that was
    /// left out is made up for first. A phase is entered once: again it does nothing, and
    /// [`Phase::Auto`], which calls are, never does.
    ///
    /// A module is loaded in a phase if
    /// - its state in the system file is `loaded`, or `best` and its author prefers that; the phase
    ///   is the one in its line, or else init; or for `loaded`, if it does not support init, its
    ///   latest phase before;
    /// - it is linked into the host, or rather started then: in the phase in its line, or else the
    ///   first that it supports;
    /// - it is critical, whether or not the file has a line for it; the phase is the one in that
    ///   line, or else init.
    ///
    /// A module that can't be loaded is reported ([`Kernel::reports`] and
    /// [`Event::LoadFailed`](crate::Event::LoadFailed)), and the phase goes on, unless the module is
    /// critical.
    ///
    /// ```
    /// use dlkm_rt::{Kernel, ModuleRoot, Phase};
    ///
    /// let kernel = Kernel::boot(ModuleRoot::none())?;
    /// // The host reads its own configuration, opens its files, and so on.
    /// kernel.enter(Phase::Boot2)?;
    /// kernel.enter(Phase::Init)?;
    /// # Ok::<(), dlkm_rt::BootError>(())
    /// ```
    ///
    /// # Errors
    /// A critical module could not be loaded: [`BootError::Critical`].
    pub fn enter(&self, phase: Phase) -> Result<(), BootError> {
        for due in [Phase::Boot1, Phase::Boot2, Phase::Init] {
            if due <= phase && phase != Phase::Auto && self.begin_phase(due) {
                self.load_phase(due)?;
            }
        }
        Ok(())
    }

    /// What the boot has reported so far, in order, and images that were loaded and not trusted since
    /// (`verify warn`). Observers get only the events.
    pub fn reports(&self) -> Vec<Report> {
        lock(&self.reports).clone()
    }

    pub(super) fn report(&self, report: Report) {
        lock(&self.reports).push(report);
    }

    /// Whether this phase has not begun before.
    fn begin_phase(&self, phase: Phase) -> bool {
        let mut last = lock(&self.phase);
        let fresh = last.is_none_or(|last| last < phase);
        if fresh {
            *last = Some(phase);
        }
        fresh
    }

    fn load_phase(&self, phase: Phase) -> Result<(), BootError> {
        for (module, critical) in self.due_in(phase) {
            let request = Request::new(&module, AskedBy::Boot).during(phase);
            match self.load_module(request) {
                Ok(_) => {}
                Err(source) if critical => {
                    return Err(BootError::from(boot_error::Critical { phase, source }));
                }
                Err(error) => self.report(Report::Skipped { phase, error }),
            }
        }
        Ok(())
    }

    /// The modules of a phase, and whether they are critical: first those that are linked in, then
    /// those with a line of their own, in the order of the lines, then those without one.
    fn due_in(&self, phase: Phase) -> Vec<(String, bool)> {
        let mut due = Vec::new();
        let configuration = &self.configuration;
        if !self.late_static {
            let linked = self.catalog.linked_modules();
            due.extend(linked.filter_map(|metadata| linked_due(configuration, metadata, phase)));
        }
        let file = configuration.file();
        let lines = file.as_deref().map_or(&[][..], SystemFile::modules);
        let mut lines: Vec<_> = lines.iter().collect();
        sort_by(&mut lines, |one, other| one.line.cmp(&other.line));
        let installed = Installed::of(&self.catalog);
        for setting in lines {
            // Only a look at the image shows that init is too late for it.
            let early = setting.phase.is_none() && setting.choice == Choice::Loaded;
            let named = setting.phase.unwrap_or(Phase::Init) == phase;
            if !(named || early) || self.is_linked(&setting.name) {
                continue;
            }
            let name = self.spelled(&setting.name);
            let known = || installed.as_ref()?.metadata(&name);
            if early && known().as_ref().map_or(Phase::Init, latest) != phase {
                continue;
            }
            match setting.choice {
                // A static module that this program was built without is refused, and so reported.
                Choice::Loaded | Choice::Static => {
                    let critical = known().is_some_and(|metadata| metadata.is_critical());
                    due.push((name.into_owned(), critical));
                }
                // Only a look at the image shows that the host can't do without it.
                Choice::Unused => {
                    let critical = known().filter(Metadata::is_critical);
                    if let Some(metadata) = critical {
                        let module = owned(metadata.name());
                        let (file, line) = (configuration.path().clone(), Some(setting.line));
                        due.push((module.clone(), true));
                        self.report(Report::Critical { file, line, module });
                    }
                }
                _ => {
                    let chosen = configuration.of(&name);
                    let metadata = known().filter(|known| chosen.is_loaded_at_boot(known));
                    let name = |known: Metadata| (owned(known.name()), known.is_critical());
                    due.extend(metadata.map(name));
                }
            }
        }
        if phase == Phase::Init {
            due.extend(self.without_line(file.as_deref()));
        }
        due
    }

    fn is_linked(&self, module: &str) -> bool {
        self.catalog
            .linked_modules()
            .any(|metadata| dlkm_system::same_name(metadata.name(), module))
    }

    /// The images that are loaded without a line: without the file, those whose best state that is,
    /// and with it, those that can't be unused. Only a look at them shows which they are.
    fn without_line(&self, file: Option<&SystemFile>) -> Vec<(String, bool)> {
        let Some(installed) = Installed::of(&self.catalog) else {
            return Vec::new();
        };
        let mut names = self.catalog.names();
        names.retain(|name| {
            !self.is_linked(name) && file.is_none_or(|file| file.module(name).is_none())
        });
        let due = names.into_iter().filter_map(|name| {
            let metadata = installed.metadata(&name)?;
            let chosen = self.configuration.of(&name);
            if !chosen.is_loaded_at_boot(&metadata) {
                return None;
            }
            if file.is_some() {
                let (file, line) = (self.configuration.path().clone(), None);
                let module = name.clone();
                self.report(Report::Critical { file, line, module });
            }
            Some((name, metadata.is_critical()))
        });
        list(due)
    }

    /// Reports what the system file says in vain.
    pub(super) fn report_configuration(&self) {
        let Some(file) = self.configuration.file() else {
            return;
        };
        let path = || self.configuration.path().clone();
        for warning in file.warnings() {
            let warning = warning.clone();
            self.report(Report::System {
                file: path(),
                warning,
            });
        }
        for metadata in self.catalog.linked_modules() {
            let module = owned(metadata.name());
            let setting = file.module(&module);
            let line = setting.map(|setting| setting.line);
            let state = setting.and_then(|setting| setting.choice.state());
            match (state, line) {
                (Some(State::Unused), line) if metadata.is_critical() => {
                    self.report(Report::Critical {
                        file: path(),
                        line,
                        module,
                    });
                }
                (Some(state @ (State::Loaded | State::Auto)), Some(line)) => {
                    self.report(Report::Linked {
                        file: path(),
                        line,
                        module,
                        state,
                    });
                }
                _ => {}
            }
        }
    }
}

/// The phase in which a loaded module comes that has none in its line.
fn latest(metadata: &Metadata) -> Phase {
    let mut early = metadata.phases().iter().rev();
    let found = early.find(|phase| **phase <= Phase::Init);
    found.copied().unwrap_or(Phase::Init)
}

/// A module that is linked in, if it starts in this phase.
fn linked_due(
    configuration: &Configuration,
    metadata: &Metadata,
    phase: Phase,
) -> Option<(String, bool)> {
    let chosen = configuration.of(metadata.name());
    let critical = metadata.is_critical();
    let used = chosen.choice != Choice::Unused || critical;
    let due = used && chosen.static_phase(metadata) == phase;
    due.then(|| (owned(metadata.name()), critical))
}
