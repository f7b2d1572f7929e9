//! Which value a tunable has: what was tuned since the boot, else what the system file says, else
//! its default. Expressions refer to other tunables, of loaded and of installed modules.

use dlkm_system::{
    Expression, ExpressionError, SystemFile, TunableSetting, Value, ValueError, same_name,
};

use super::configuration::Configuration;
use super::control::Control;
use super::tuned::Tuned;
use crate::error::{SystemLine, TunableError};
use crate::loader::Catalog;
use crate::metadata::{Metadata, TunableInfo, TunableType};

/// How many tunables may be computed from each other in a row. Each is computed inside the one
/// before.
const LONGEST: usize = 64;

/// Where a tunable's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TunedBy {
    /// It is the default.
    Default,
    /// The system file sets it.
    #[non_exhaustive]
    System {
        /// The number of the line, from 1.
        line: usize,
    },
    /// [`Kernel::tune`](crate::Kernel::tune) has set it.
    Tuned,
}

/// Computes values. One of these serves for the tunables of one module, or for one value.
pub(super) struct Values<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) configuration: &'a Configuration,
    pub(super) control: &'a Control,
    pub(super) tuned: &'a Tuned,
    /// The tunables that are being computed, each for the one before.
    way: Vec<String>,
    /// The values of other tunables, which are computed once.
    known: Vec<(String, Result<i128, Option<TunableError>>)>,
    /// A circle, or a chain that is too long: nothing is computed any more.
    end: Option<TunableError>,
}

/// A tunable that an expression names.
enum Other {
    OfModule(Metadata, TunableInfo),
    /// A line that belongs to no module.
    Free(TunableSetting),
}

impl<'a> Values<'a> {
    pub(super) fn new(
        catalog: &'a Catalog,
        configuration: &'a Configuration,
        control: &'a Control,
        tuned: &'a Tuned,
    ) -> Self {
        Values {
            catalog,
            configuration,
            control,
            tuned,
            way: Vec::new(),
            known: Vec::new(),
            end: None,
        }
    }

    /// The value of a module's tunable when the module is loaded.
    pub(super) fn of(
        &mut self,
        module: &str,
        tunable: &TunableInfo,
    ) -> Result<(Value, TunedBy), TunableError> {
        self.way.push(format!("{module}.{}", tunable.name()));
        let result = self.compute(module, tunable);
        self.way.pop();
        result
    }

    fn compute(
        &mut self,
        module: &str,
        tunable: &TunableInfo,
    ) -> Result<(Value, TunedBy), TunableError> {
        if let Some(value) = self.tuned.get(module, tunable.name()) {
            // Another version may have another range.
            let value = match (value, tunable.ty()) {
                (Value::Text(text), TunableType::Text) => Value::Text(text),
                (value, _) => self.typed(module, tunable, &value.to_string())?,
            };
            return Ok((value, TunedBy::Tuned));
        }
        let file = self.configuration.file();
        let file = file.as_deref();
        let Some(setting) = file.and_then(|file| file.tunable(module, tunable.name())) else {
            let value = Value::default_of(tunable);
            let value = value
                .map_err(|source| self.wrong(module, tunable, tunable.default(), None, source))?;
            return Ok((value, TunedBy::Default));
        };
        let line = setting.line;
        let value = Value::of(setting, tunable, &mut |name| self.other(name));
        let at = Some(self.line(line));
        match value {
            Ok(value) if self.end.is_none() => Ok((value, TunedBy::System { line })),
            Ok(_) => Err(self.ended()),
            Err(source) => Err(self.wrong(module, tunable, &setting.value, at, source)),
        }
    }

    /// The value that a text means for a tunable, while the program runs.
    pub(super) fn typed(
        &mut self,
        module: &str,
        tunable: &TunableInfo,
        text: &str,
    ) -> Result<Value, TunableError> {
        match Value::parse(text, tunable, &mut |name| self.other(name)) {
            Ok(value) if self.end.is_none() => Ok(value),
            Ok(_) => Err(self.ended()),
            Err(source) => Err(self.wrong(module, tunable, text, None, source)),
        }
    }

    fn line(&self, line: usize) -> Box<SystemLine> {
        Box::new(SystemLine {
            file: self.configuration.path().clone(),
            line,
        })
    }

    fn ended(&self) -> TunableError {
        self.end.clone().unwrap_or(TunableError::LongChain {
            most: LONGEST,
            at: None,
        })
    }

    /// The error of a value. If another tunable is the cause, it is that one's.
    fn wrong(
        &self,
        module: &str,
        tunable: &TunableInfo,
        value: &str,
        at: Option<Box<SystemLine>>,
        source: ValueError,
    ) -> TunableError {
        if let Some(end) = &self.end {
            return end.clone();
        }
        if let ValueError::Expression(ExpressionError::Name(name)) = &source
            && let Some((_, Err(Some(cause)))) =
                self.known.iter().find(|(known, _)| same_name(known, name))
        {
            return cause.clone();
        }
        TunableError::Value {
            module: module.to_owned(),
            tunable: tunable.name().to_owned(),
            value: value.to_owned(),
            at,
            allowed: allowed(tunable),
            source: Box::new(source),
        }
    }

    /// The value of a name in an expression.
    fn other(&mut self, name: &str) -> Option<i128> {
        if self.end.is_some() {
            return None;
        }
        let known = self.known.iter().find(|(known, _)| same_name(known, name));
        if let Some((_, value)) = known {
            return value.as_ref().ok().copied();
        }
        let value = match self.find(name) {
            None => Err(None),
            Some(other) => self.value_of(name, &other),
        };
        let number = value.as_ref().ok().copied();
        self.known.push((name.to_owned(), value));
        number
    }

    fn value_of(&mut self, name: &str, other: &Other) -> Result<i128, Option<TunableError>> {
        let (whole, line) = match other {
            Other::OfModule(module, tunable) => {
                let (module, tunable) = (module.name(), tunable.name());
                let file = self.configuration.file();
                let file = file.as_deref();
                let setting = file.and_then(|file| file.tunable(module, tunable));
                (
                    format!("{module}.{tunable}"),
                    setting.map(|setting| setting.line),
                )
            }
            Other::Free(setting) => (setting.name.to_string(), Some(setting.line)),
        };
        let at = line.map(|line| self.line(line));
        if let Some(first) = self.way.iter().position(|one| same_name(one, &whole)) {
            let mut chain = self.way[first..].to_vec();
            chain.push(whole);
            self.end = Some(TunableError::Circular { chain, at });
            return Err(None);
        }
        if self.way.len() == LONGEST {
            self.end = Some(TunableError::LongChain { most: LONGEST, at });
            return Err(None);
        }
        match other {
            Other::OfModule(module, tunable) => {
                let (value, _) = self.of(module.name(), tunable).map_err(Some)?;
                value.as_integer().ok_or(None)
            }
            Other::Free(setting) if setting.quoted => Err(None),
            Other::Free(setting) => {
                self.way.push(whole);
                let result = Expression::parse(&setting.value)
                    .and_then(|expression| expression.evaluate(&mut |name| self.other(name)));
                self.way.pop();
                result.map_err(|source| {
                    let inner = match &source {
                        ExpressionError::Name(inner) => {
                            self.known.iter().find(|(known, _)| same_name(known, inner))
                        }
                        _ => None,
                    };
                    if let Some((_, Err(Some(cause)))) = inner {
                        return Some(cause.clone());
                    }
                    Some(TunableError::Expression {
                        name: name.to_owned(),
                        value: setting.value.to_string(),
                        at,
                        source,
                    })
                })
            }
        }
    }

    /// The tunable that a name means: `MODULE.KEY`, `MODULE_KEY`, or a line of that name.
    fn find(&self, name: &str) -> Option<Other> {
        for (at, _) in name.match_indices(['.', '_']) {
            let (module, key) = (&name[..at], &name[at + 1..]);
            if module.is_empty() || key.is_empty() {
                continue;
            }
            if let Some(metadata) = self.metadata(module) {
                let mut tunables = metadata.tunables().iter();
                if let Some(found) = tunables.find(|one| same_name(one.name(), key)) {
                    let found = found.clone();
                    return Some(Other::OfModule(metadata, found));
                }
            }
        }
        let file = self.configuration.file()?;
        let mut lines = file.tunables().iter();
        let line = lines.find(|line| same_name(&line.name, name))?;
        Some(Other::Free(line.clone()))
    }

    /// Whether a name is that of a line only, and no expression of the file has it.
    pub(super) fn is_unused(&self, name: &str) -> bool {
        let file = self.configuration.file();
        let lines = file.as_deref().map_or(&[][..], SystemFile::tunables);
        let uses = |line: &TunableSetting| {
            let expression = Expression::parse(&line.value);
            expression.is_ok_and(|one| one.names().any(|other| same_name(other, name)))
        };
        matches!(self.find(name), Some(Other::Free(_))) && !lines.iter().any(uses)
    }

    /// The metadata of a loaded or installed module. In expressions, `_` stands for `-` too.
    fn metadata(&self, module: &str) -> Option<Metadata> {
        let dashed = module.replace('_', "-");
        let file = self.configuration.file();
        let written = file
            .as_deref()
            .and_then(|file| Some(&*file.module(module)?.name));
        let names = [Some(module), written, Some(&*dashed)];
        for name in names.into_iter().flatten() {
            if let Some(running) = self.control.lock().running(name) {
                return Some(running.metadata.clone());
            }
            if let Some((_, _, Ok(metadata))) = self.catalog.named(name) {
                return Some(metadata);
            }
        }
        None
    }
}

/// What a tunable can be: `an integer from 1 to 4096`.
fn allowed(tunable: &TunableInfo) -> String {
    let mut text = match tunable.ty() {
        TunableType::Bool => "true or false".to_owned(),
        TunableType::Integer { min, max } => {
            let or = |bound: Option<&str>, limit: i128| {
                bound.map_or_else(|| limit.to_string(), str::to_owned)
            };
            let (min, max) = (or(tunable.min(), min), or(tunable.max(), max));
            return format!("an integer from {min} to {max}");
        }
        TunableType::Float => "a number".to_owned(),
        TunableType::Text => "a text".to_owned(),
        TunableType::Choice => format!("one of {}", tunable.choices().join(", ")),
        TunableType::Duration => "a time such as 250ms or 30s".to_owned(),
        TunableType::Size => "a size such as 4096 or 64KiB".to_owned(),
        other => format!("a {other}"),
    };
    if let Some(min) = tunable.min() {
        text += &format!(" from {min}");
    }
    if let Some(max) = tunable.max() {
        text += &format!(" to {max}");
    }
    text
}
