//! Which value a tunable has: what was tuned since the boot, else what the system file says, else
//! its default. Expressions refer to other tunables, of loaded and of installed modules.
//!
//! The kernel calls this in the image that declares the tunables, so that a host has the code only
//! if a module in it has tunables.

use dlkm_system::{Expression, ExpressionError, TunableSetting, Value, ValueError, same_name};

use super::kinds::Raw;
use super::settings::{Settings, of_module};
use crate::error::{SystemLine, TunableError};
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
    /// [`Kernel::tune`](../dlkm_rt/struct.Kernel.html#method.tune) has set it.
    Tuned,
}

impl TunedBy {
    /// For the kernel.
    #[doc(hidden)]
    pub fn line(line: usize) -> Self {
        TunedBy::System { line }
    }
}

/// Computes values. One of these serves for the tunables of one module, or for one value.
///
/// The errors own all that they say: the host keeps them longer than the image whose code this is.
pub struct Values<'a> {
    settings: &'a dyn Settings,
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
    pub fn new(settings: &'a dyn Settings) -> Self {
        Values {
            settings,
            way: Vec::new(),
            known: Vec::new(),
            end: None,
        }
    }

    /// The value of a module's tunable when the module is loaded.
    #[inline]
    pub fn of(
        &mut self,
        module: &str,
        tunable: &TunableInfo,
    ) -> Result<(Value, TunedBy), TunableError> {
        self.way.push(format!("{module}.{}", tunable.name()));
        let result = self.compute(module, tunable);
        self.way.pop();
        result
    }

    #[inline]
    fn compute(
        &mut self,
        module: &str,
        tunable: &TunableInfo,
    ) -> Result<(Value, TunedBy), TunableError> {
        if let Some(text) = self.settings.tuned(module, tunable.name()) {
            // Another version may have another range.
            let value = match tunable.ty() {
                TunableType::Text => Value::Text(text),
                _ => self.typed(module, tunable, &text)?,
            };
            return Ok((value, TunedBy::Tuned));
        }
        let Some(setting) = self.settings.line_for(module, tunable.name()) else {
            let value = Value::default_of(tunable);
            let value = value
                .map_err(|source| self.wrong(module, tunable, tunable.default(), None, source))?;
            return Ok((value, TunedBy::Default));
        };
        let line = setting.line;
        let value = Value::of(&setting, tunable, &mut |name| self.other(name));
        let at = Some(self.line(line));
        match value {
            Ok(value) if self.end.is_none() => Ok((value, TunedBy::System { line })),
            Ok(_) => Err(self.ended()),
            Err(source) => Err(self.wrong(module, tunable, &setting.value, at, source)),
        }
    }

    /// The value that a text means for a tunable, while the program runs.
    #[inline]
    pub fn typed(
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
        Box::new(SystemLine::new(self.settings.system_file(), line))
    }

    #[inline]
    fn ended(&self) -> TunableError {
        self.end.clone().unwrap_or(TunableError::LongChain {
            most: LONGEST,
            at: None,
        })
    }

    /// The error of a value. If another tunable is the cause, it is that one's.
    #[inline]
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
    #[inline]
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

    #[inline]
    fn value_of(&mut self, name: &str, other: &Other) -> Result<i128, Option<TunableError>> {
        let (whole, line) = match other {
            Other::OfModule(module, tunable) => {
                let (module, tunable) = (module.name(), tunable.name());
                let setting = self.settings.line_for(module, tunable);
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
    #[inline]
    fn find(&self, name: &str) -> Option<Other> {
        if let Some((module, tunable)) = of_module(self.settings, name) {
            return Some(Other::OfModule(module, tunable));
        }
        self.settings.line_named(name).map(Other::Free)
    }
}

/// What a tunable can be: `an integer from 1 to 4096`.
#[inline]
fn allowed(tunable: &TunableInfo) -> String {
    let mut text = match tunable.ty() {
        TunableType::Bool => "true or false".to_owned(),
        TunableType::Integer { min, max } => {
            let or = |bound: Option<&str>, limit: i128| {
                bound.map_or_else(|| format!("{limit}"), str::to_owned)
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

/// The value as an image takes it.
pub fn raw<'a>(value: &'a Value, info: &TunableInfo) -> Raw<'a> {
    match value {
        Value::Bool(value) => Raw::Bits((*value).into()),
        // Of an integer with a sign, the bits that its own type lacks are those of the sign.
        Value::Integer(value) => Raw::Bits(*value as u64),
        Value::Float(value) => Raw::Bits(value.to_bits()),
        Value::Text(text) => Raw::Text(text),
        Value::Choice(word) => {
            let position = info.choices().iter().position(|known| known == word);
            position.map_or(Raw::Default, |at| Raw::Bits(at as u64))
        }
        Value::Duration(time) => u64::try_from(time.as_nanos()).map_or(Raw::Default, Raw::Bits),
        Value::Size(size) => Raw::Bits(*size),
        _ => Raw::Default,
    }
}
