//! How changes are planned.

/// How changes are made.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct PlanOptions {
    /// All changes wait for the next boot: `-h`.
    pub hold: bool,
    /// A name that no module has may become a user's own tunable, for use in expressions: `-u`.
    pub user_tunables: bool,
}

impl PlanOptions {
    /// Holds all changes.
    pub fn hold(mut self, hold: bool) -> Self {
        self.hold = hold;
        self
    }

    /// Lets users' own tunables be made.
    pub fn user_tunables(mut self, allow: bool) -> Self {
        self.user_tunables = allow;
        self
    }
}
