//! The state that a system file means for a module.

use dlkm_metadata::Phase;
use dlkm_system::{Cause, Choice, State, SystemFile};

use crate::inventory::Installed;

/// A module's state at the next boot, and why.
///
/// ```
/// # use dlkm_metadata::Metadata;
/// # let metadata = Metadata::parse(b"format=2\0name=shm\0version=0.1.0\0kind=misc\0desc=\0states=auto loaded\0depends=\0\
/// #   rustc=1.95.0\0commit=unknown\0target=x86_64-unknown-linux-gnu\0pointer=64\0\
/// #   panic=unwind\0runtime=0.1.0\0sanitizer=\0flags=\0features=fxsr\0")?;
/// use dlkm_config::{Installed, NextState};
/// use dlkm_system::{Cause, State, SystemFile};
///
/// // Supports the states auto and loaded.
/// let shm = Installed::of(&metadata);
/// let system = SystemFile::parse(b"version 1\nmodule shm best\n")?;
/// let next = NextState::of(Some(&system), &shm).expect("it is supported");
/// assert_eq!((next.state, next.cause), (State::Auto, Some(Cause::Best)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NextState {
    /// The state.
    pub state: State,
    /// Why; `None` for a module that no line chooses and that is unused.
    pub cause: Option<Cause>,
    /// The phase in which it is loaded; `None` if it is unused.
    pub phase: Option<Phase>,
}

impl NextState {
    /// What a system file means for a module. Without a file, each module is `best`. With one, a
    /// module without a line is unused, unless it is required or linked into the host.
    ///
    /// # Errors
    /// The module does not support the state that is chosen for it, which is in the error.
    pub fn of(system: Option<&SystemFile>, module: &Installed) -> Result<Self, State> {
        let line = system.map(|system| system.module(&module.name));
        let phase = line.flatten().and_then(|line| line.phase);
        let (choice, cause) = match line {
            None => (Choice::Best, Some(Cause::Best)),
            Some(Some(line)) if line.choice == Choice::Best => (Choice::Best, Some(Cause::Best)),
            Some(Some(line)) => (line.choice, Some(Cause::Explicit)),
            Some(None) if module.required => (Choice::Best, Some(Cause::Required)),
            Some(None) if module.linked => (Choice::Best, Some(Cause::Best)),
            Some(None) => (Choice::Unused, None),
        };
        let state = match choice {
            // It is in the host already.
            Choice::Best if module.linked => State::Static,
            Choice::Unused if module.required => return Err(State::Unused),
            choice => choice.resolve(&module.capable())?,
        };
        let phase = phase_of(state, phase, &module.phases);
        Ok(NextState {
            state,
            cause,
            phase,
        })
    }

    /// Whether it is used.
    pub fn is_used(&self) -> bool {
        self.state != State::Unused
    }
}

/// A loaded module comes in `init`, or in its latest phase before. A static one starts in its
/// earliest phase.
fn phase_of(state: State, chosen: Option<Phase>, supported: &[Phase]) -> Option<Phase> {
    match state {
        State::Unused => None,
        State::Auto => Some(Phase::Auto),
        _ if chosen.is_some() => chosen,
        State::Static => supported.first().copied().or(Some(Phase::Boot1)),
        _ => {
            let mut early = supported.iter().rev();
            let found = early.find(|phase| **phase <= Phase::Init);
            found.copied().or(Some(Phase::Init))
        }
    }
}
