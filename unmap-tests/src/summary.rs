//! The figures of one batch.

use std::collections::BTreeSet;
use std::fmt;

use crate::batch::{Batch, Outcome};

/// How many functions and attempts showed what.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Attempts of functions that may be declared.
    pub attempts: usize,
    /// Those that rustc rejects.
    pub rejected: usize,
    /// Functions that may be declared.
    pub functions: usize,
    /// Functions of which the caller kept something of the provider.
    pub kept_by_caller: usize,
    /// Functions of which the provider kept something of the caller.
    pub kept_by_provider: usize,
    /// Functions whose provider the rule allows to be unmapped.
    pub providers_unmapped: usize,
    /// Functions whose caller the rule allows to be unmapped.
    pub callers_unmapped: usize,
    /// Attempts that kept something of an image that would be unmapped.
    pub holes: usize,
}

impl Summary {
    /// The figures of `batch`, which has run.
    pub fn of(batch: &Batch, outcomes: &[Outcome]) -> Self {
        let (attempts, rejected) = batch.attempts();
        let functions = |what: &dyn Fn(&Outcome) -> bool| {
            let found = outcomes.iter().filter(|one| what(one));
            found.map(|one| one.function).collect::<BTreeSet<_>>().len()
        };
        Summary {
            attempts,
            rejected,
            functions: functions(&|_| true),
            kept_by_caller: functions(&|one| one.kept_by_caller),
            kept_by_provider: functions(&|one| one.kept_by_provider),
            providers_unmapped: functions(&|one| one.provider.is_empty()),
            callers_unmapped: functions(&|one| one.caller.is_empty()),
            holes: outcomes.iter().filter(|one| one.is_hole()).count(),
        }
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} functions, {} attempts, of which rustc rejects {}; something was kept of {} \
             providers and {} callers; {} providers and {} callers can be unmapped; {} holes",
            self.functions,
            self.attempts,
            self.rejected,
            self.kept_by_caller,
            self.kept_by_provider,
            self.providers_unmapped,
            self.callers_unmapped,
            self.holes,
        )
    }
}
