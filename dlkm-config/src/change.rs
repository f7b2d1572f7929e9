//! Changes as a command line asks for them.

use std::fmt;

use dlkm_metadata::Phase;
use dlkm_system::{Choice, Idle, Verify};

/// One change of a system file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Changes the line of a module.
    Module(ModuleChange),
    /// Removes the lines of a module and of its tunables: `uninstall` of kcmodule(1M) of 11i v2.
    Uninstall(String),
    /// Changes a tunable.
    #[allow(missing_docs)]
    Tunable { name: String, to: To },
    /// Sets whether a load compares an image with its record.
    Verify(Verify),
    /// Adds a public key that may have signed images.
    AddKey(String),
    /// Removes a public key.
    RemoveKey(String),
}

/// The change of a module's line. A field that is `None` leaves its part as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ModuleChange {
    /// The module.
    pub name: String,
    /// The state, or the author's choice.
    pub choice: Option<Choice>,
    /// The version that its image must have; `Some(None)` for any.
    pub version: Option<Option<String>>,
    /// The phase in which it is loaded; `Some(None)` leaves that to its author.
    pub phase: Option<Option<Phase>>,
    /// How long it stays loaded without a call; `Some(None)` leaves that to its author.
    pub idle: Option<Option<Idle>>,
}

impl ModuleChange {
    /// No change yet.
    pub fn new(name: &str) -> Self {
        ModuleChange {
            name: name.to_owned(),
            choice: None,
            version: None,
            phase: None,
            idle: None,
        }
    }
}

/// The new value of a tunable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum To {
    /// Its default.
    Default,
    /// A value or an expression.
    Value(String),
    /// Its value and an integer.
    Add(i64),
    /// This value, unless it is greater already.
    AtLeast(String),
}

/// An argument of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// A name alone: a question.
    Query(String),
    /// A change.
    Change(Change),
}

/// Why an argument can't be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ArgumentError {
    /// It has blanks outside of quotation marks.
    Blank(String),
    /// It has no name.
    NoName(String),
    /// The state does not exist.
    State(String),
    /// The text after `+=` is not an integer.
    Integer(String),
}

impl fmt::Display for ArgumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArgumentError::Blank(text) => {
                write!(f, "`{}` has blanks; leave them out", text.escape_debug())
            }
            ArgumentError::NoName(text) => {
                write!(f, "`{}` begins without a name", text.escape_debug())
            }
            ArgumentError::State(state) => write!(
                f,
                "`{}` is not a state; the states are `unused`, `static`, `loaded`, `auto` and `best`",
                state.escape_debug()
            ),
            ArgumentError::Integer(text) => {
                write!(
                    f,
                    "`{}` is not an integer of at most 64 bits",
                    text.escape_debug()
                )
            }
        }
    }
}

impl std::error::Error for ArgumentError {}

impl Argument {
    /// An argument of kcmodule(1M): `module` is a query, `module=` chooses the best state,
    /// `module=state` that state. `module=uninstall` also removes its tunables.
    ///
    /// ```
    /// use dlkm_config::{Argument, Change, ModuleChange};
    /// use dlkm_system::Choice;
    ///
    /// let mut wanted = ModuleChange::new("shm");
    /// wanted.choice = Some(Choice::Auto);
    /// assert_eq!(Argument::module("shm=auto")?, Argument::Change(Change::Module(wanted)));
    /// assert_eq!(Argument::module("shm")?, Argument::Query("shm".to_owned()));
    /// # Ok::<(), dlkm_config::ArgumentError>(())
    /// ```
    ///
    /// # Errors
    /// It has blanks, no name, or a state that does not exist.
    pub fn module(text: &str) -> Result<Self, ArgumentError> {
        if text.contains(char::is_whitespace) {
            return Err(ArgumentError::Blank(text.to_owned()));
        }
        let Some((name, state)) = named(text)? else {
            return Ok(Argument::Query(text.to_owned()));
        };
        let mut change = ModuleChange::new(name);
        change.choice = Some(match state {
            "" => Choice::Best,
            "uninstall" => return Ok(Argument::Change(Change::Uninstall(name.to_owned()))),
            state => Choice::of(state).ok_or_else(|| ArgumentError::State(state.to_owned()))?,
        });
        Ok(Argument::Change(Change::Module(change)))
    }

    /// An argument of kctune(1M): `t` is a query; `t=` and `t=default` choose the default, `t=expr`
    /// a value or an expression; `t+=n` adds an integer, `t>=value` raises to a value. Blanks may
    /// stand in quotation marks only.
    ///
    /// # Errors
    /// It has blanks, no name, or adds something else than an integer.
    pub fn tunable(text: &str) -> Result<Self, ArgumentError> {
        let Some((left, value)) = named(text)? else {
            return match text.contains(char::is_whitespace) {
                true => Err(ArgumentError::Blank(text.to_owned())),
                false => Ok(Argument::Query(text.to_owned())),
            };
        };
        let quoted = value.starts_with('"');
        if left.contains(char::is_whitespace) || !quoted && value.contains(char::is_whitespace) {
            return Err(ArgumentError::Blank(text.to_owned()));
        }
        let (name, to) = if let Some(name) = left.strip_suffix('+') {
            let number = value.parse().ok().or_else(|| {
                let digits = value.strip_prefix("0x")?;
                i64::from_str_radix(digits, 16).ok()
            });
            let number = number.ok_or_else(|| ArgumentError::Integer(value.to_owned()))?;
            (name, To::Add(number))
        } else if let Some(name) = left.strip_suffix('>') {
            (name, To::AtLeast(value.to_owned()))
        } else if value.is_empty() || value.eq_ignore_ascii_case("default") {
            (left, To::Default)
        } else {
            (left, To::Value(value.to_owned()))
        };
        if name.is_empty() {
            return Err(ArgumentError::NoName(text.to_owned()));
        }
        let name = name.to_owned();
        Ok(Argument::Change(Change::Tunable { name, to }))
    }
}

/// The texts before and after the first `=`.
fn named(text: &str) -> Result<Option<(&str, &str)>, ArgumentError> {
    match text.split_once('=') {
        Some(("", _)) => Err(ArgumentError::NoName(text.to_owned())),
        None if text.is_empty() => Err(ArgumentError::NoName(String::new())),
        parts => Ok(parts),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(text: &str) -> To {
        match Argument::tunable(text).unwrap() {
            Argument::Change(Change::Tunable { name, to }) if name == "t" => to,
            other => panic!("{other:?}"),
        }
    }

    /// kcmodule(1M): "`module` = query; `module=` = put into best state; `module=state`. No spaces
    /// in an argument."
    #[test]
    fn arguments_of_kcmodule() {
        let choice = |text| match Argument::module(text).unwrap() {
            Argument::Change(Change::Module(change)) => change.choice,
            other => panic!("{other:?}"),
        };
        assert_eq!(choice("m="), Some(Choice::Best));
        assert_eq!(choice("m=best"), Some(Choice::Best));
        assert_eq!(choice("m=unused"), Some(Choice::Unused));
        let uninstall = Argument::Change(Change::Uninstall("m".to_owned()));
        assert_eq!(Argument::module("m=uninstall"), Ok(uninstall));
        for bad in ["m =auto", "m=Auto", "m=auto ", "=auto", "", " "] {
            assert!(Argument::module(bad).is_err(), "{bad:?}");
        }
    }

    /// kctune(1M): "`t=`, `t=Default`: to default (the word is case-insensitive)"; "`t+=value`: add
    /// an integer constant"; "`t>=value`: raise to value unless already greater"; "no white space".
    #[test]
    fn arguments_of_kctune() {
        assert_eq!(to("t="), To::Default);
        assert_eq!(to("t=DEFAULT"), To::Default);
        assert_eq!(to("t=(a>=b)?a:b"), To::Value("(a>=b)?a:b".to_owned()));
        assert_eq!(to("t=a==b"), To::Value("a==b".to_owned()));
        assert_eq!(to("t+=0x10"), To::Add(16));
        assert_eq!(to("t+=-3"), To::Add(-3));
        assert_eq!(to("t>=64KiB"), To::AtLeast("64KiB".to_owned()));
        assert_eq!(to("t=\"a b\""), To::Value("\"a b\"".to_owned()));
        let query = Argument::Query("t".to_owned());
        assert_eq!(Argument::tunable("t"), Ok(query));
        for bad in ["t=a b", "t =5", "+=5", ">=5", "=5", "t+=x", "t+=", ""] {
            assert!(Argument::tunable(bad).is_err(), "{bad:?}");
        }
    }
}
