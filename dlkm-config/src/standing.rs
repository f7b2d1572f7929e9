//! How modules stand now, in a running kernel, and how at the next boot.

use dlkm_system::{Cause, State, SystemFile, same_name};

use crate::inventory::{Installed, Inventory};
use crate::resolve::NextState;

/// A module that a running kernel uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Its name.
    pub name: String,
    /// [`State::Static`] or [`State::Loaded`].
    pub state: State,
    /// Why it is in that state.
    pub cause: Option<Cause>,
}

/// What a running kernel follows, and what it uses.
#[derive(Clone, Debug, Default)]
pub struct Following {
    /// The system file that it follows; `None` if it has none, so that each module is `best`.
    pub system: Option<SystemFile>,
    /// The modules that it uses.
    pub present: Vec<Present>,
}

/// A state, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The state.
    pub state: State,
    /// Why; `None` for a module that nothing chooses and that is unused.
    pub cause: Option<Cause>,
}

impl Standing {
    /// At the next boot. A state that the module does not support is the one that is asked for.
    fn next(system: Option<&SystemFile>, module: &Installed) -> Self {
        match NextState::of(system, module) {
            Ok(next) => Standing {
                state: next.state,
                cause: next.cause,
            },
            Err(state) => Standing {
                state,
                cause: Some(Cause::Explicit),
            },
        }
    }
}

/// How a module stands.
#[derive(Clone, Copy, Debug)]
pub struct ModuleStatus<'a> {
    /// The module.
    pub module: &'a Installed,
    /// Now.
    pub now: Standing,
    /// At the next boot.
    pub next: Standing,
    /// Whether a line of the system file is about it.
    pub has_line: bool,
}

impl<'a> ModuleStatus<'a> {
    /// How all modules stand. Without a running kernel, they stand as at the next boot.
    pub fn all(
        inventory: &'a Inventory,
        system: Option<&SystemFile>,
        kernel: Option<&Following>,
    ) -> Vec<Self> {
        let all = inventory.modules().iter();
        all.map(|module| ModuleStatus::of(module, system, kernel))
            .collect()
    }

    /// How one module stands.
    pub fn of(
        module: &'a Installed,
        system: Option<&SystemFile>,
        kernel: Option<&Following>,
    ) -> Self {
        let next = Standing::next(system, module);
        let now = match kernel {
            None => next,
            Some(kernel) => {
                let mut present = kernel.present.iter();
                match present.find(|one| same_name(&one.name, &module.name)) {
                    Some(one) => Standing {
                        state: one.state,
                        cause: one.cause,
                    },
                    None => match Standing::next(kernel.system.as_ref(), module) {
                        // It was unloaded, or could not be loaded: its first use loads it.
                        Standing {
                            state: State::Loaded,
                            cause,
                        } => Standing {
                            state: State::Auto,
                            cause,
                        },
                        now => now,
                    },
                }
            }
        };
        let has_line = system.is_some_and(|system| system.module(&module.name).is_some());
        ModuleStatus {
            module,
            now,
            next,
            has_line,
        }
    }

    /// Whether its state at the next boot differs from the present one: `-D` of kcmodule(1M). A
    /// module that is loaded because something used it is as its line wants it.
    pub fn differs(&self) -> bool {
        let used = matches!(self.now.cause, Some(Cause::Auto | Cause::Depend));
        match (self.now.state, self.next.state) {
            (State::Loaded, State::Auto) => !used,
            (State::Auto, State::Loaded) => false,
            (now, next) => now != next,
        }
    }

    /// Whether an administrator chose its state: `-S` of kcmodule(1M), "not required, unused, or added for a
    /// dependency".
    pub fn is_chosen(&self) -> bool {
        let others = matches!(self.next.cause, Some(Cause::Required | Cause::Depend));
        self.has_line && self.next.state != State::Unused && !others
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::modules::plain;

    fn stands(file: &str, kernel: &str, present: Option<(State, Cause)>) -> (String, bool) {
        let file = SystemFile::parse(file.as_bytes()).unwrap();
        let following = Following {
            system: Some(SystemFile::parse(kernel.as_bytes()).unwrap()),
            present: present
                .map(|(state, cause)| Present {
                    name: "m".to_owned(),
                    state,
                    cause: Some(cause),
                })
                .into_iter()
                .collect(),
        };
        let module = plain("m");
        let status = ModuleStatus::of(&module, Some(&file), Some(&following));
        (
            format!("{} {}", status.now.state, status.next.state),
            status.differs(),
        )
    }

    /// kcmodule(1M): "`auto`: was in auto state and was loaded when something tried to use it";
    /// "`-D`: only modules whose state at next boot differs from the current".
    #[test]
    fn what_a_use_has_loaded_does_not_differ() {
        let (auto, loaded) = ("version 1\nmodule m auto\n", "version 1\nmodule m loaded\n");
        let stand = |text: &str, differs| (text.to_owned(), differs);
        let used = Some((State::Loaded, Cause::Auto));
        assert_eq!(stands(auto, auto, used), stand("loaded auto", false));
        assert_eq!(stands(auto, auto, None), stand("auto auto", false));
        let booted = Some((State::Loaded, Cause::Explicit));
        assert_eq!(stands(auto, loaded, booted), stand("loaded auto", true));
        let none = "version 1\n";
        assert_eq!(stands(none, loaded, booted), stand("loaded unused", true));
        assert_eq!(stands(none, none, None), stand("unused unused", false));
    }
}
