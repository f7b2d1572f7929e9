//! What the system file chooses for each module.

use std::path::PathBuf;
use std::time::Duration;

use dlkm_metadata::small::{joined, owned};
use dlkm_system as system;
use dlkm_system::{Choice, FILE_NAME, Idle, State, SystemFile, same_name};

use super::request::{AskedBy, Request};
use crate::error::{BootError, Failed, cause};
use crate::loader::{self, ModuleRoot};
use crate::metadata::{Metadata, ModuleState, Phase};
use crate::primitive::{Arc, Mutex, lock};

/// The system file that the kernel follows: that of its boot, or one that it has adopted since.
#[derive(Debug)]
pub(super) struct Configuration {
    path: PathBuf,
    /// `None`: each module is in its best state.
    file: Mutex<Option<Arc<SystemFile>>>,
    /// The modules that are linked into the host.
    linked: Vec<String>,
}

/// What the file says of one module.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    pub(super) choice: Choice,
    pub(super) phase: Option<Phase>,
    line: Option<usize>,
    version: Option<Box<str>>,
    idle: Option<Idle>,
}

/// What a module may do, once it was found to fit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Admitted {
    pub(super) cause: system::Cause,
    pub(super) idle: Option<Duration>,
}

impl Configuration {
    /// Reads the system file of `root`, if it has one. `linked`: the modules that are linked into the
    /// host.
    ///
    /// # Errors
    /// It can't be read, others can change it, or it can't be understood.
    pub(super) fn read(root: &ModuleRoot, linked: Vec<String>) -> Result<Self, BootError> {
        let path = root.path().map(|root| root.join(FILE_NAME));
        let path = path.unwrap_or_default();
        let file = loader::system_file(root)?.map(Arc::new);
        let file = Mutex::new(file);
        Ok(Configuration { path, file, linked })
    }

    /// Not inlined: there are many callers.
    #[inline(never)]
    pub(super) fn file(&self) -> Option<Arc<SystemFile>> {
        lock(&self.file).clone()
    }

    /// Follows another file from now on; returns the one before.
    pub(super) fn replace(&self, file: Option<Arc<SystemFile>>) -> Option<Arc<SystemFile>> {
        std::mem::replace(&mut *lock(&self.file), file)
    }

    pub(super) fn path(&self) -> &PathBuf {
        &self.path
    }

    /// What a file chooses for a module. A module that it does not name is unused, unless it is part
    /// of the host.
    pub(super) fn choice_in(&self, file: Option<&SystemFile>, module: &str) -> Choice {
        match file.map(|file| file.module(module)) {
            Some(Some(setting)) => setting.choice,
            Some(None) if !self.linked.iter().any(|one| same_name(one, module)) => Choice::Unused,
            _ => Choice::Best,
        }
    }

    /// What the file says of a module.
    pub(super) fn of(&self, module: &str) -> Chosen {
        let file = self.file();
        let setting = file.as_ref().and_then(|file| file.module(module));
        Chosen {
            choice: self.choice_in(file.as_deref(), module),
            phase: setting.and_then(|setting| setting.phase),
            line: setting.map(|setting| setting.line),
            version: setting.and_then(|setting| setting.version.clone()),
            idle: setting.and_then(|setting| setting.idle),
        }
    }

    /// How long a module stays loaded without a call, if its author says `authors`.
    pub(super) fn idle(&self, module: &str, authors: Option<Duration>) -> Option<Duration> {
        match self.of(module).idle {
            Some(Idle::After(time)) => Some(time),
            Some(Idle::Never) => None,
            None => authors,
        }
    }

    /// Whether the file lets a module be used.
    pub(super) fn uses(&self, module: &str) -> bool {
        self.of(module).choice != Choice::Unused
    }

    /// The reason why a module that can't be found is not in service: if it is unused, nothing that
    /// is wrong with its image matters. The boot asks for no module that is, unless it is critical.
    pub(super) fn why(&self, module: &str, wanted_by: AskedBy<'_>, cause: Failed) -> Failed {
        let chosen = self.of(module);
        match chosen.choice {
            Choice::Unused if !matches!(wanted_by, AskedBy::Boot) => {
                self.unused(module, &chosen, wanted_by)
            }
            _ => cause,
        }
    }

    /// Whether a module that was found is what the file chooses. A critical module can't be unused.
    ///
    /// # Errors
    /// It is unused, it has another version, or it does not support the state or the phase.
    pub(super) fn admit(
        &self,
        request: &Request<'_>,
        metadata: &Metadata,
        is_static: bool,
    ) -> Result<Admitted, Failed> {
        let chosen = self.of(metadata.name());
        if chosen.choice == Choice::Unused && !metadata.is_critical() {
            return Err(self.unused(metadata.name(), &chosen, request.asked_by));
        }
        let file = || self.path.clone();
        if let (Some(wanted), Some(line)) = (&chosen.version, chosen.line)
            && **wanted != *metadata.version()
        {
            return Err(cause::Version {
                file: file(),
                line,
                wanted: format!("{wanted}"),
                found: owned(metadata.version()),
            }
            .into());
        }
        // What is linked in is static, whatever the file says of the next build.
        if let (false, Some(state), Some(line)) = (is_static, chosen.choice.state(), chosen.line)
            && state != State::Unused
            && (state == State::Static || !capable(metadata).contains(&state))
        {
            let capable: Vec<_> = capable(metadata).iter().map(|one| one.as_str()).collect();
            let capable = joined(&capable, " ");
            return Err(cause::Choice {
                file: file(),
                line,
                state,
                capable,
            }
            .into());
        }
        // On demand, and at the phase init, are one run time, as on HP-UX.
        let run_time = request.phase == Phase::Auto && metadata.supports_phase(Phase::Init);
        if !metadata.supports_phase(request.phase) && !run_time {
            let supported: Vec<_> = metadata.phases().iter().map(|one| one.as_str()).collect();
            return Err(cause::Phase {
                phase: request.phase,
                supported: joined(&supported, " "),
            }
            .into());
        }
        Ok(Admitted {
            cause: cause(&chosen, request.asked_by, metadata),
            idle: self.idle(metadata.name(), metadata.idle()),
        })
    }

    fn unused(&self, module: &str, chosen: &Chosen, wanted_by: AskedBy<'_>) -> Failed {
        Failed::from(cause::Unused {
            module: owned(module),
            file: self.path.clone(),
            line: chosen.line,
            wanted_by: format!("{wanted_by}"),
        })
    }
}

/// The states that a module supports.
pub(super) fn capable(metadata: &Metadata) -> Vec<State> {
    let pairs = [
        (ModuleState::Static, State::Static),
        (ModuleState::Loaded, State::Loaded),
        (ModuleState::Auto, State::Auto),
    ];
    let supported = pairs.iter().filter(|(state, _)| metadata.supports(*state));
    supported.map(|(_, state)| *state).collect()
}

impl Chosen {
    /// Whether the boot loads an image of these `capable` states, before anything calls it. What the
    /// host can't do without does not wait for a call.
    pub(super) fn is_loaded_at_boot(&self, metadata: &Metadata) -> bool {
        let capable = capable(metadata);
        match self.choice.resolve(&capable) {
            Ok(State::Loaded) => true,
            _ => metadata.is_critical() && capable.contains(&State::Loaded),
        }
    }

    /// The phase in which a static module starts: the configured one, or the first that it supports.
    pub(super) fn static_phase(&self, metadata: &Metadata) -> Phase {
        let first = metadata.phases().first().copied();
        self.phase.or(first).unwrap_or(Phase::Boot1)
    }
}

/// Why the module is in service.
fn cause(chosen: &Chosen, asked_by: AskedBy<'_>, metadata: &Metadata) -> system::Cause {
    match asked_by {
        _ if metadata.is_critical() => system::Cause::Required,
        AskedBy::Dependant { .. } | AskedBy::Program => system::Cause::Depend,
        AskedBy::Call { .. } => system::Cause::Auto,
        AskedBy::Name => system::Cause::Explicit,
        AskedBy::Boot if chosen.choice == Choice::Best => system::Cause::Best,
        AskedBy::Boot => system::Cause::Explicit,
    }
}
