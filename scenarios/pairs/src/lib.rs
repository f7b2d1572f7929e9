//! Pairs of interfaces that differ in one thing, which must be refused by its name, and pairs that
//! mean the same, which must fit. All pairs become one program, which compares them.

mod classes;
mod declarations;
mod lifetimes;
mod program;
mod types;

pub use program::check;

/// Two interfaces of one function, `f`.
#[derive(Debug)]
pub struct Pair {
    /// What the pair is about.
    pub about: String,
    /// The caller's.
    pub old: Source,
    /// The module's.
    pub new: Source,
    /// What names the difference; `None` if there is none.
    pub names: Option<&'static str>,
}

/// An interface.
#[derive(Clone, Debug)]
pub struct Source {
    /// Items before the trait.
    pub items: String,
    /// From the generics of `f` to its result.
    pub signature: String,
}

impl Source {
    fn new(items: impl Into<String>, signature: impl Into<String>) -> Self {
        Source {
            items: items.into(),
            signature: signature.into(),
        }
    }
}

/// Some hundred pairs.
pub fn some() -> Vec<Pair> {
    let mut pairs = types::neighbours();
    pairs.extend(lifetimes::pairs(false));
    pairs.extend(declarations::pairs(false));
    pairs
}

/// Some thousand pairs: each with each.
pub fn all() -> Vec<Pair> {
    let mut pairs = types::every();
    pairs.extend(lifetimes::pairs(true));
    pairs.extend(declarations::pairs(true));
    pairs
}
