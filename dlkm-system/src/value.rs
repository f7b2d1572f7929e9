//! Values of tunables.

use std::fmt;
use std::time::Duration;

use dlkm_metadata::small::joined;
use dlkm_metadata::{Quoted, TunableInfo, TunableType};

use crate::expression::{Expression, ExpressionError};
use crate::file::TunableSetting;
use crate::units::{self, UnitError};

/// A value of a tunable.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// `true` or `false`; also `1` or `0`.
    Bool(bool),
    /// An integer.
    Integer(i128),
    /// A finite number.
    Float(f64),
    /// A text.
    Text(String),
    /// One of the tunable's words.
    Choice(String),
    /// A time.
    Duration(Duration),
    /// A size in bytes.
    Size(u64),
}

/// Why a text is not a value of a tunable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueError {
    /// The text is not of the tunable's type.
    #[allow(missing_docs)]
    Type { text: String, ty: TunableType },
    /// The word is none of the tunable's.
    #[allow(missing_docs)]
    Choice { text: String, choices: Vec<String> },
    /// The text has a unit that does not exist, or none.
    Unit(UnitError),
    /// The text is not an expression, or its value can't be computed.
    Expression(ExpressionError),
    /// The value is less than the least, or greater than the greatest.
    #[allow(missing_docs)]
    Range {
        value: String,
        min: Option<String>,
        max: Option<String>,
    },
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ValueError::Type { text, ty } => write!(f, "`{}` is not a {ty}", Quoted(text)),
            ValueError::Choice { text, choices } => {
                write!(f, "`{}` is none of {}", Quoted(text), joined(choices, ", "))
            }
            ValueError::Unit(error) => error.fmt(f),
            ValueError::Expression(error) => error.fmt(f),
            ValueError::Range {
                value,
                min: Some(min),
                max: Some(max),
            } => {
                write!(f, "{value} is not in the range {min} to {max}")
            }
            ValueError::Range {
                value,
                min: Some(min),
                ..
            } => {
                write!(f, "{value} is less than {min}, the least value")
            }
            ValueError::Range { value, max, .. } => {
                let max = max.as_deref().unwrap_or("the limit");
                write!(f, "{value} is greater than {max}, the greatest value")
            }
        }
    }
}

impl std::error::Error for ValueError {}

/// The values of other tunables, by name, for expressions. One without an integer value has none.
pub type Values<'a> = dyn FnMut(&str) -> Option<i128> + 'a;

impl Value {
    /// The value that a line of the system file gives to a tunable. The word `default`, in any
    /// case, means the tunable's default.
    ///
    /// # Errors
    /// The text is not a value of this tunable.
    pub fn of(
        setting: &TunableSetting,
        tunable: &TunableInfo,
        others: &mut Values<'_>,
    ) -> Result<Value, ValueError> {
        match (setting.quoted, tunable.ty()) {
            (true, TunableType::Text) => Ok(Value::Text(setting.value.to_string())),
            (true, ty) => {
                let text = setting.value.to_string();
                Err(ValueError::Type { text, ty })
            }
            (false, _) => Value::parse(&setting.value, tunable, others),
        }
    }

    /// The value that a text, as a user types it, gives to a tunable.
    ///
    /// # Errors
    /// The text is not a value of this tunable.
    pub fn parse(
        text: &str,
        tunable: &TunableInfo,
        others: &mut Values<'_>,
    ) -> Result<Value, ValueError> {
        if text.eq_ignore_ascii_case("default") {
            return Value::default_of(tunable);
        }
        let value = typed(text, tunable, others)?;
        let (min, max) = (
            bound(tunable.min(), tunable)?,
            bound(tunable.max(), tunable)?,
        );
        let less = |a: &Value, b: &Option<Value>| b.as_ref().is_some_and(|b| a.is_less(b));
        let above = max.as_ref().is_some_and(|max| max.is_less(&value));
        if less(&value, &min) || above {
            let (min, max) = match value {
                Value::Integer(_) => integer_range(tunable),
                _ => (
                    tunable.min().map(str::to_owned),
                    tunable.max().map(str::to_owned),
                ),
            };
            let value = format!("{value}");
            return Err(ValueError::Range { value, min, max });
        }
        Ok(value)
    }

    /// A tunable's default.
    ///
    /// # Errors
    /// The metadata has something else in that place.
    pub fn default_of(tunable: &TunableInfo) -> Result<Value, ValueError> {
        typed(tunable.default(), tunable, &mut |_| None)
    }

    /// The integer that it is in an expression.
    pub fn as_integer(&self) -> Option<i128> {
        match self {
            Value::Bool(value) => Some((*value).into()),
            Value::Integer(value) => Some(*value),
            Value::Size(value) => Some((*value).into()),
            _ => None,
        }
    }

    /// Whether both are of one ordered type, and this is less.
    fn is_less(&self, other: &Value) -> bool {
        match (self, other) {
            (Value::Integer(a), Value::Integer(b)) => a < b,
            (Value::Float(a), Value::Float(b)) => a < b,
            (Value::Duration(a), Value::Duration(b)) => a < b,
            (Value::Size(a), Value::Size(b)) => a < b,
            _ => false,
        }
    }
}

fn bound(text: Option<&str>, tunable: &TunableInfo) -> Result<Option<Value>, ValueError> {
    text.map(|text| typed(text, tunable, &mut |_| None))
        .transpose()
}

/// What an integer can be: the author's range, or else the type's.
fn integer_range(tunable: &TunableInfo) -> (Option<String>, Option<String>) {
    let (least, most) = match tunable.ty() {
        TunableType::Integer { min, max } => (min, max),
        _ => (i128::MIN, i128::MAX),
    };
    let or =
        |bound: Option<&str>, limit: i128| bound.map_or_else(|| format!("{limit}"), str::to_owned);
    (
        Some(or(tunable.min(), least)),
        Some(or(tunable.max(), most)),
    )
}

/// A value of the tunable's type, whatever its range.
fn typed(text: &str, tunable: &TunableInfo, others: &mut Values<'_>) -> Result<Value, ValueError> {
    let ty = tunable.ty();
    let wrong = || ValueError::Type {
        text: text.to_owned(),
        ty,
    };
    let mut evaluate = |text| {
        Expression::parse(text)
            .and_then(|expression| expression.evaluate(others))
            .map_err(ValueError::Expression)
    };
    Ok(match ty {
        TunableType::Bool => match text {
            "true" | "1" => Value::Bool(true),
            "false" | "0" => Value::Bool(false),
            _ => return Err(wrong()),
        },
        TunableType::Integer { min, max } => {
            let value = evaluate(text)?;
            if value < min || value > max {
                let (min, max) = integer_range(tunable);
                let value = format!("{value}");
                return Err(ValueError::Range { value, min, max });
            }
            Value::Integer(value)
        }
        TunableType::Float => {
            let value = text.parse().ok().filter(|value: &f64| value.is_finite());
            Value::Float(value.ok_or_else(wrong)?)
        }
        TunableType::Text => Value::Text(text.to_owned()),
        TunableType::Choice => {
            let mut choices = tunable.choices().iter();
            match choices.find(|word| *word == text) {
                Some(word) => Value::Choice(word.clone()),
                None => {
                    let (text, choices) = (text.to_owned(), tunable.choices().to_vec());
                    return Err(ValueError::Choice { text, choices });
                }
            }
        }
        TunableType::Duration => Value::Duration(units::duration(text).map_err(ValueError::Unit)?),
        TunableType::Size => match units::size(text) {
            Ok(size) => Value::Size(size),
            // An expression, unless it is a number with a unit that does not exist.
            Err(error) => match evaluate(text) {
                Ok(value) => Value::Size(value.try_into().map_err(|_| wrong())?),
                Err(ValueError::Expression(ExpressionError::Number(_))) => {
                    return Err(ValueError::Unit(error));
                }
                Err(error) => return Err(error),
            },
        },
        _ => return Err(wrong()),
    })
}

/// In the form in which the system file has it, without quotation marks.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Bool(value) => value.fmt(f),
            Value::Integer(value) => value.fmt(f),
            Value::Float(value) => value.fmt(f),
            Value::Text(text) | Value::Choice(text) => f.write_str(text),
            Value::Duration(time) => units::write_duration(*time, f),
            Value::Size(size) => units::write_size(*size, f),
        }
    }
}

#[cfg(test)]
mod tests;
