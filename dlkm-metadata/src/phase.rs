//! The phases in which modules are loaded.

use std::fmt;

/// When a module is loaded: HP-UX's loadable times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Phase {
    /// When the kernel is booted.
    Boot1,
    /// When the host says that its own parts have started.
    Boot2,
    /// When the host says that it is about to serve.
    Init,
    /// When a function of the module is called.
    Auto,
}

impl Phase {
    /// All phases, in their order.
    pub const ALL: [Phase; 4] = [Phase::Boot1, Phase::Boot2, Phase::Init, Phase::Auto];

    /// The word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Phase::Boot1 => "boot1",
            Phase::Boot2 => "boot2",
            Phase::Init => "init",
            Phase::Auto => "auto",
        }
    }

    /// The phase of that word.
    pub fn of(word: &str) -> Option<Self> {
        Phase::ALL.into_iter().find(|phase| phase.as_str() == word)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
