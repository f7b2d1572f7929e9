//! One thing that a plan changes, and when.

use std::fmt;

use dlkm_system::{Cause, State};

/// One thing that a plan changes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Planned {
    /// What kind of thing it is.
    pub subject: Subject,
    /// Its name; empty for `verify` and `key`.
    pub name: String,
    /// Its text in the file before: for a module the words after its name, for a tunable its value,
    /// or `Default` without a line.
    pub old: String,
    /// Its text in the file afterwards.
    pub new: String,
    /// A module: why it has its state afterwards.
    pub cause: Option<Cause>,
    /// Whether the file says the same as before, and an expression has another value.
    pub indirect: bool,
    /// Whether a running kernel can follow at once.
    pub when: When,
}

impl Planned {
    pub(crate) fn new(
        subject: Subject,
        name: &str,
        (old, new): (String, String),
        when: When,
    ) -> Self {
        Planned {
            subject,
            name: name.to_owned(),
            old,
            new,
            cause: None,
            indirect: false,
            when,
        }
    }
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Subject {
    /// A module.
    Module,
    /// A tunable.
    Tunable,
    /// Whether a load compares an image with its record.
    Verify,
    /// A public key.
    Key,
    /// A saved configuration.
    Configuration,
    /// The record of an image.
    Digest,
    /// A number in the registry.
    Number,
    /// A comment without a change.
    Comment,
}

impl Subject {
    /// All of them.
    pub const ALL: [Subject; 8] = [
        Subject::Module,
        Subject::Tunable,
        Subject::Verify,
        Subject::Key,
        Subject::Configuration,
        Subject::Digest,
        Subject::Number,
        Subject::Comment,
    ];

    /// The word for it in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Subject::Module => "module",
            Subject::Tunable => "tunable",
            Subject::Verify => "verify",
            Subject::Key => "key",
            Subject::Configuration => "configuration",
            Subject::Digest => "digest",
            Subject::Number => "number",
            Subject::Comment => "comment",
        }
    }

    /// The subject of that word.
    pub fn of(word: &str) -> Option<Self> {
        Subject::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// When a change can take effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum When {
    /// At once, if a running kernel can do this.
    Now(Action),
    /// At the next boot.
    Later(Later),
}

/// What a running kernel has to do to follow a change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Action {
    /// Nothing. The change takes effect at the next boot.
    Nothing,
    /// It puts the module into that state: it loads, unloads or allows it. A module that is in use
    /// can't be unloaded; then the change waits for the next boot.
    State(State),
    /// It gives the tunable this value. The module's hook may refuse it.
    Tune(String),
}

/// Why a change can't take effect before the next boot.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Later {
    /// The module comes into the host, or leaves it, so the host must be built again.
    Static,
    /// Phases are those of a boot.
    Phase,
    /// The version is compared when an image is loaded.
    Version,
    /// The time is read at boot.
    Idle,
    /// The tunable can't be changed while its module is used.
    NotDynamic,
    /// A kernel reads `verify` and keys at boot.
    Trust,
}

impl fmt::Display for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Later::Static => "the host must be built again",
            Later::Phase => "phases are those of a boot",
            Later::Version => "the version counts from the next boot on",
            Later::Idle => "the time counts from the next boot on",
            Later::NotDynamic => "it can't be changed while its module is used",
            Later::Trust => "a kernel reads `verify` and keys at boot",
        })
    }
}
