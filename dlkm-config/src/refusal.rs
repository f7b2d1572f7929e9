//! Why a change is refused.

use std::fmt;
use std::sync::Arc;

use dlkm_metadata::Phase;
use dlkm_system::{State, ValueError};

use crate::edit::EditError;
use crate::inventory::{Inventory, On};
use crate::near::near;
use crate::tunable_values::{Tunables, ValueFault};

/// Why a change is refused. Nothing of the command line is changed then.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// No module of that name is installed.
    #[allow(missing_docs)]
    UnknownModule { name: String, near: Vec<String> },
    /// No tunable of that name exists.
    #[allow(missing_docs)]
    UnknownTunable { name: String, near: Vec<String> },
    /// Two changes of one thing.
    Twice(String),
    /// The module does not support the state.
    #[allow(missing_docs)]
    State {
        module: String,
        state: State,
        capable: Vec<State>,
    },
    /// The module is required, so it can't be unused.
    Required(String),
    /// The module does not support the phase.
    #[allow(missing_docs)]
    Phase {
        module: String,
        phase: Phase,
        supported: Vec<Phase>,
    },
    /// Another version is installed.
    #[allow(missing_docs)]
    Version {
        module: String,
        wanted: String,
        installed: String,
    },
    /// Others that are used depend on the module, so it can't be unused.
    #[allow(missing_docs)]
    Needed { module: String, by: Vec<String> },
    /// A dependency of the module is not installed, or not in a version that fits.
    #[allow(missing_docs)]
    Missing {
        module: String,
        on: On,
        name: String,
        range: Option<String>,
        installed: Option<String>,
    },
    /// A module must be there for this one, and is not installed: a weak dependency.
    #[allow(missing_docs)]
    Weak { module: String, name: String },
    /// Several modules provide the interface that the module needs, and none is used.
    #[allow(missing_docs)]
    Ambiguous {
        module: String,
        interface: String,
        providers: Vec<String>,
    },
    /// Modules depend on each other in a circle: the names, from one to the same one.
    Circle(Vec<String>),
    /// A dependency of the module can't be loaded in the module's phase.
    #[allow(missing_docs)]
    DependencyPhase {
        module: String,
        phase: Phase,
        needs: String,
        supported: Vec<Phase>,
    },
    /// The text is no value of the tunable.
    #[allow(missing_docs)]
    Value { tunable: String, error: ValueError },
    /// The tunable would have no value after the change.
    #[allow(missing_docs)]
    Fault { tunable: String, fault: ValueFault },
    /// Expressions form a circle: the names, from one to the same one.
    Expressions(Arc<[String]>),
    /// Only a tunable whose value is an integer can be added to.
    NoInteger(String),
    /// The sum is beyond the range of integers.
    Sum(String),
    /// Expressions use the user's own tunable, so it can't be removed.
    #[allow(missing_docs)]
    Used { tunable: String, by: Vec<String> },
    /// The name can't be that of a user's own tunable.
    UserName(String),
    /// The system file can't say it.
    Edit(EditError),
}

impl Refusal {
    /// No module of that name is installed; names of those that are may be meant.
    pub fn unknown_module(name: &str, inventory: &Inventory) -> Self {
        let names = inventory.modules().iter().map(|module| &*module.name);
        let (near, name) = (near(name, names), name.to_owned());
        Refusal::UnknownModule { name, near }
    }

    /// There is no tunable of that name.
    pub fn unknown_tunable(name: &str, tunables: &Tunables<'_>) -> Self {
        let (near, name) = (tunables.near(name), name.to_owned());
        Refusal::UnknownTunable { name, near }
    }
}

struct List<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for List<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, one) in self.0.iter().enumerate() {
            let before = if index > 0 { ", " } else { "" };
            write!(f, "{before}`{one}`")?;
        }
        Ok(())
    }
}

fn meant(f: &mut fmt::Formatter<'_>, near: &[String]) -> fmt::Result {
    match near {
        [] => Ok(()),
        near => write!(f, "; did you mean {}?", List(near)),
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::UnknownModule { name, near } => {
                write!(f, "no module `{}` is installed", name.escape_debug())?;
                meant(f, near)
            }
            Refusal::UnknownTunable { name, near } => {
                write!(f, "there is no tunable `{}`", name.escape_debug())?;
                meant(f, near)
            }
            Refusal::Twice(name) => write!(f, "two changes of `{name}`; leave one out"),
            Refusal::State {
                module,
                state,
                capable,
            } => write!(
                f,
                "the module `{module}` can't be `{state}`; it can be {}",
                List(capable)
            ),
            Refusal::Required(module) => {
                write!(
                    f,
                    "the module `{module}` is required, so it can't be `unused`"
                )
            }
            Refusal::Phase {
                module,
                phase,
                supported,
            } => write!(
                f,
                "the module `{module}` can't be loaded in the phase `{phase}`; it supports {}",
                List(supported)
            ),
            Refusal::Version {
                module,
                wanted,
                installed,
            } => write!(
                f,
                "version {} of the module `{module}` is not installed; {installed} is",
                wanted.escape_debug()
            ),
            Refusal::Needed { module, by } => {
                let (need, them) = match by.len() {
                    1 => ("needs", "that"),
                    _ => ("need", "them"),
                };
                write!(
                    f,
                    "the module `{module}` can't be `unused`, because {} {need} it; make {them} \
                     `unused` too",
                    List(by)
                )
            }
            Refusal::Missing {
                module,
                on,
                name,
                range,
                installed,
            } => {
                write!(f, "the module `{module}` needs the {on} `{name}`")?;
                if let Some(range) = range {
                    write!(f, " {range}")?;
                }
                match installed {
                    Some(version) => write!(
                        f,
                        ", and {version} is installed; install a version that fits"
                    ),
                    None => write!(f, ", which is not installed; install it first"),
                }
            }
            Refusal::Weak { module, name } => write!(
                f,
                "the module `{module}` wants the module `{name}` to be there, and it is not \
                 installed; install it; it may stay `unused`"
            ),
            Refusal::Ambiguous {
                module,
                interface,
                providers,
            } => write!(
                f,
                "the module `{module}` needs the interface `{interface}`, which {} provide; choose \
                 one of them too",
                List(providers)
            ),
            Refusal::Circle(names) => write!(
                f,
                "modules depend on each other in a circle: {}",
                names.join(" > ")
            ),
            Refusal::DependencyPhase {
                module,
                phase,
                needs,
                supported,
            } => write!(
                f,
                "the module `{module}` would be loaded in the phase `{phase}`, and needs `{needs}`, \
                 which supports {} only; choose a later phase",
                List(supported)
            ),
            Refusal::Value { tunable, error } => write!(f, "the tunable `{tunable}`: {error}"),
            Refusal::Fault { tunable, fault } => {
                write!(f, "the tunable `{tunable}` would have no value: {fault}")
            }
            Refusal::Expressions(names) => write!(
                f,
                "the expressions of tunables would form a circle: {}",
                names.join(" > ")
            ),
            Refusal::NoInteger(name) => write!(
                f,
                "the tunable `{name}` is no integer, so nothing can be added to it"
            ),
            Refusal::Sum(name) => {
                write!(
                    f,
                    "the sum for the tunable `{name}` is beyond the range of integers"
                )
            }
            Refusal::Used { tunable, by } => write!(
                f,
                "the tunable `{tunable}` can't be removed, because the expressions of {} use it; \
                 change them first",
                List(by)
            ),
            Refusal::UserName(name) => write!(
                f,
                "`{}` can't be the name of a tunable of your own: it has letters, digits and `_`, \
                 and begins with a letter",
                name.escape_debug()
            ),
            Refusal::Edit(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}
