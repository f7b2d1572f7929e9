//! A whole system file.

use dlkm_metadata::small::owned;
use std::fmt;

use dlkm_metadata::Phase;
use dlkm_metadata::order::sort_by;

use crate::choice::Choice;
use crate::error::{Problem, SystemError, Warning};
use crate::limits;
use crate::line::{Directive, Idle, lines};
use crate::units;
use crate::verify::Verify;
use crate::words::{Normal, same_name};

/// What the system file says of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleSetting {
    /// The number of the line, from 1.
    pub line: usize,
    /// The module's name, as written.
    pub name: Box<str>,
    /// The state, or the author's choice.
    pub choice: Choice,
    /// The version that its image must have.
    pub version: Option<Box<str>>,
    /// The phase in which it is loaded; `None` leaves that to its author.
    pub phase: Option<Phase>,
    /// How long it stays loaded without a call; `None` leaves that to its author.
    pub idle: Option<Idle>,
}

/// What the system file says of a tunable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TunableSetting {
    /// The number of the line, from 1.
    pub line: usize,
    /// `MODULE.KEY` or `MODULE_KEY`, as written.
    pub name: Box<str>,
    /// The value as written, without quotation marks.
    pub value: Box<str>,
    /// Whether it stands in quotation marks, and so is a text and no expression.
    pub quoted: bool,
}

/// A system file that was understood.
#[derive(Clone, Debug, Default)]
pub struct SystemFile {
    /// Sorted by name.
    modules: Vec<ModuleSetting>,
    /// Sorted by name.
    tunables: Vec<TunableSetting>,
    verify: Verify,
    keys: Vec<Box<str>>,
    warnings: Vec<Warning>,
}

impl SystemFile {
    /// Understands the text of a file.
    ///
    /// # Errors
    /// The first deviation from the [grammar](crate#grammar).
    pub fn parse(text: &[u8]) -> Result<Self, SystemError> {
        if text.len() as u64 > limits::FILE {
            let problem = Problem::FileTooLong;
            return Err(SystemError {
                line: 1,
                column: 1,
                problem,
            });
        }
        let mut file = SystemFile::default();
        for line in lines(text) {
            let line = line?;
            let number = line.number;
            match line.directive {
                Directive::Module(module) => file.modules.push(ModuleSetting {
                    line: number,
                    name: module.name.into(),
                    choice: module.choice,
                    version: module.version.map(Box::from),
                    phase: module.phase,
                    idle: module.idle,
                }),
                Directive::Tunable(tunable) => file.tunables.push(TunableSetting {
                    line: number,
                    name: tunable.name.into(),
                    value: tunable.value.into(),
                    quoted: tunable.quoted,
                }),
                Directive::Verify(policy) => file.verify = policy,
                Directive::Key(key) => file.keys.push(key.into()),
                Directive::Nothing | Directive::Version | Directive::Configuration { .. } => {}
            }
        }
        let SystemFile {
            modules,
            tunables,
            warnings,
            ..
        } = &mut file;
        only_last(modules, "module", |one| (&one.name, one.line), warnings);
        only_last(tunables, "tunable", |one| (&one.name, one.line), warnings);
        sort_by(warnings, |one, other| one.line().cmp(&other.line()));
        Ok(file)
    }

    /// What it says of a module.
    pub fn module(&self, name: &str) -> Option<&ModuleSetting> {
        let by = |one: &ModuleSetting| Normal(&one.name).cmp(&Normal(name));
        let at = self.modules.binary_search_by(by).ok()?;
        Some(&self.modules[at])
    }

    /// All modules that it names, sorted by name.
    pub fn modules(&self) -> &[ModuleSetting] {
        &self.modules
    }

    /// What it says of the tunable `key` of a module: a line for `MODULE.KEY` or `MODULE_KEY`.
    pub fn tunable(&self, module: &str, key: &str) -> Option<&TunableSetting> {
        let by_name = |name: &str| {
            let by = |one: &TunableSetting| Normal(&one.name).cmp(&Normal(name));
            self.tunables.binary_search_by(by).ok()
        };
        let dotted = by_name(&format!("{module}.{key}"));
        let joined = by_name(&format!("{module}_{key}"));
        let (dotted, joined) = (
            dotted.map(|at| &self.tunables[at]),
            joined.map(|at| &self.tunables[at]),
        );
        // The later line holds, however the name is written.
        dotted.into_iter().chain(joined).max_by_key(|one| one.line)
    }

    /// All tunables that it names, sorted by name.
    pub fn tunables(&self) -> &[TunableSetting] {
        &self.tunables
    }

    /// Whether a load compares an image with what is recorded of it.
    pub fn verify(&self) -> Verify {
        self.verify
    }

    /// The public keys that may have signed images.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|key| &**key)
    }

    /// What is odd in it, in the order of the lines.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }
}

/// As a system file, without comments: modules and tunables sorted by name.
impl fmt::Display for SystemFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "version 1")?;
        for module in &self.modules {
            writeln!(f, "{module}")?;
        }
        for tunable in &self.tunables {
            writeln!(f, "{tunable}")?;
        }
        if self.verify != Verify::Off {
            writeln!(f, "verify {}", self.verify)?;
        }
        self.keys
            .iter()
            .try_for_each(|key| writeln!(f, "key {key}"))
    }
}

/// As a line of a system file.
impl fmt::Display for ModuleSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "module {} {}", self.name, self.choice)?;
        if let Some(version) = &self.version {
            write!(f, " {version}")?;
        }
        if let Some(phase) = self.phase {
            write!(f, " phase {phase}")?;
        }
        match self.idle {
            Some(Idle::After(time)) => {
                f.write_str(" idle ")?;
                units::write_duration(time, f)
            }
            Some(Idle::Never) => f.write_str(" idle never"),
            None => Ok(()),
        }
    }
}

/// As a line of a system file.
impl fmt::Display for TunableSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TunableSetting { name, value, .. } = self;
        match self.quoted {
            true => write!(f, "tunable {name} \"{value}\""),
            false => write!(f, "tunable {name} {value}"),
        }
    }
}

/// Sorts by name. Of several with one name, only the last line stays; the others are reported.
fn only_last<T>(
    all: &mut Vec<T>,
    what: &'static str,
    of: impl Fn(&T) -> (&str, usize),
    warnings: &mut Vec<Warning>,
) {
    // Stable, so the lines of one name stay in their order.
    sort_by(all, |one, other| {
        Normal(of(one).0).cmp(&Normal(of(other).0))
    });
    all.dedup_by(|later, kept| {
        let ((name, second), (first_name, first)) = (of(later), of(kept));
        if !same_name(name, first_name) {
            return false;
        }
        let name = owned(name);
        warnings.push(Warning::Twice {
            what,
            name,
            first,
            second,
        });
        std::mem::swap(later, kept);
        true
    });
}

#[cfg(test)]
mod tests;
