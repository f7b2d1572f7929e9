//! What an administrator chooses for a module, and what follows from it.

use std::fmt;

/// The state of a module, named as by HP-UX's `kcmodule`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum State {
    /// Installed, not in use: nothing loads it.
    Unused,
    /// Linked into the host.
    Static,
    /// Loaded in its phase, before anything calls it.
    Loaded,
    /// Loaded by the first call of one of its functions.
    Auto,
}

impl State {
    /// All states.
    pub const ALL: [State; 4] = [State::Unused, State::Static, State::Loaded, State::Auto];

    /// The word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self {
            State::Unused => "unused",
            State::Static => "static",
            State::Loaded => "loaded",
            State::Auto => "auto",
        }
    }

    /// The state of that word.
    pub fn of(word: &str) -> Option<Self> {
        State::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a line of the system file chooses for a module: a state, or the author's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Choice {
    /// The state that the module's author prefers. It follows the author's later preferences.
    #[default]
    Best,
    /// [`State::Unused`]
    Unused,
    /// [`State::Static`]
    Static,
    /// [`State::Loaded`]
    Loaded,
    /// [`State::Auto`]
    Auto,
}

impl Choice {
    /// All choices.
    pub const ALL: [Choice; 5] = [
        Choice::Unused,
        Choice::Static,
        Choice::Loaded,
        Choice::Auto,
        Choice::Best,
    ];

    /// The word for it in files.
    pub const fn as_str(self) -> &'static str {
        match self.state() {
            Some(state) => state.as_str(),
            None => "best",
        }
    }

    /// The choice of that word.
    pub fn of(word: &str) -> Option<Self> {
        Choice::ALL.into_iter().find(|one| one.as_str() == word)
    }

    /// The state that it names; `None` for [`Choice::Best`].
    pub const fn state(self) -> Option<State> {
        match self {
            Choice::Best => None,
            Choice::Unused => Some(State::Unused),
            Choice::Static => Some(State::Static),
            Choice::Loaded => Some(State::Loaded),
            Choice::Auto => Some(State::Auto),
        }
    }

    /// The state that it means for a module that supports the states `capable`. HP-UX's rule for
    /// the best state: auto if the module supports it, else loaded, else static.
    ///
    /// # Errors
    /// The module does not support the state. It is in the error.
    pub fn resolve(self, capable: &[State]) -> Result<State, State> {
        match self.state() {
            Some(state) if state == State::Unused || capable.contains(&state) => Ok(state),
            Some(state) => Err(state),
            None => {
                let order = [State::Auto, State::Loaded, State::Static];
                let best = order.into_iter().find(|state| capable.contains(state));
                Ok(best.unwrap_or(State::Unused))
            }
        }
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a module is in its state, as HP-UX's `kcmodule` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cause {
    /// The administrator chose the state.
    Explicit,
    /// The administrator chose the module, its author the state.
    Best,
    /// It was in the state auto, and something called it.
    Auto,
    /// Its author marked it as required.
    Required,
    /// Another module depends on it.
    Depend,
}

impl Cause {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Cause::Explicit => "explicit",
            Cause::Best => "best",
            Cause::Auto => "auto",
            Cause::Required => "required",
            Cause::Depend => "depend",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_states_and_choices() {
        for state in State::ALL {
            assert_eq!(State::of(state.as_str()), Some(state));
            assert_eq!(Choice::of(state.as_str()).unwrap().state(), Some(state));
        }
        assert_eq!(Choice::of("best"), Some(Choice::Best));
        assert_eq!((Choice::of("Best"), State::of("best")), (None, None));
    }

    /// kcmodule(1M): "typically `auto` if supported, else `loaded`, else `static`".
    #[test]
    fn the_best_state_is_the_first_supported_one() {
        use State::{Auto, Loaded, Static, Unused};
        let best = |capable: &[State]| Choice::Best.resolve(capable);
        assert_eq!(best(&[Static, Loaded, Auto]), Ok(Auto));
        assert_eq!(best(&[Static, Loaded]), Ok(Loaded));
        assert_eq!(best(&[Static]), Ok(Static));
        assert_eq!(best(&[]), Ok(Unused));
        assert_eq!(Choice::Auto.resolve(&[Static]), Err(Auto));
        assert_eq!(Choice::Unused.resolve(&[Static]), Ok(Unused));
    }
}
