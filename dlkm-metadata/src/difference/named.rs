//! Looks names up in a list, and counts the work that a comparison may take.

use crate::limits;
use crate::texts::{self, Placed};

/// The positions of names in a list.
pub(super) struct Positions<'a>(Vec<Placed<'a>>);

impl<'a> Positions<'a> {
    pub(super) fn of(names: &[&'a str]) -> Self {
        let mut all = Vec::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            all.push((name.as_bytes(), at));
        }
        texts::sort(&mut all);
        Positions(all)
    }

    /// All positions of the name, the first one first. Not inlined: there are several callers.
    #[inline(never)]
    pub(super) fn all(&self, name: &str) -> &[Placed<'a>] {
        let name = name.as_bytes();
        let rest = &self.0[self.0.partition_point(|(known, _)| *known < name)..];
        &rest[..rest.partition_point(|(known, _)| *known == name)]
    }

    /// How many positions of the name come before `at`.
    pub(super) fn nth(&self, name: &str, at: usize) -> usize {
        self.all(name).partition_point(|(_, other)| *other < at)
    }

    /// The first position of the name.
    pub(super) fn first(&self, name: &str) -> Option<usize> {
        self.all(name).first().map(|(_, at)| *at)
    }
}

/// The steps that a comparison may still take: a text may be made to need very many.
pub(super) struct Work {
    left: usize,
}

impl Work {
    pub(super) fn new() -> Self {
        Work {
            left: limits::COMPARISON,
        }
    }

    /// Takes steps, or returns `false` if too few are left.
    pub(super) fn take(&mut self, steps: usize) -> bool {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                true
            }
            None => false,
        }
    }
}
