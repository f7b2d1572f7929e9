//! What master and slave of a pair share.
//!
//! The slave's procedures run with the lock of its stream, and then take that of the pair. So no one may
//! call the stream with the lock of the pair.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use dlkm_rt::{Held, ModuleCell};
use unix_kernel::streams::Upstream;

/// How many bytes wait for the master at most, before the slave's queue has to wait.
pub(crate) const ROOM: usize = 4096;

/// A pair.
#[derive(Default)]
pub(crate) struct Pair {
    inside: Mutex<Inside>,
    /// Something in it is different.
    pub(crate) changed: Condvar,
}

#[derive(Default)]
pub(crate) struct Inside {
    pub(crate) master: bool,
    pub(crate) slave: bool,
    /// The slave has been open, and is closed.
    pub(crate) ended: bool,
    /// The way up the slave's stream.
    pub(crate) up: Option<Arc<Held<Box<dyn Upstream>>>>,
    pub(crate) to_master: VecDeque<u8>,
    /// The slave's queue waits for room in `to_master`.
    pub(crate) blocked: bool,
    /// How often there was room again up the stream.
    pub(crate) rooms: u64,
    /// How often the master's sleepers were woken.
    pub(crate) wakes: u64,
}

static PAIRS: ModuleCell<Mutex<BTreeMap<u32, Arc<Pair>>>> = ModuleCell::new(Mutex::default);

/// The pair of that number.
pub(crate) fn numbered(number: u32) -> Arc<Pair> {
    PAIRS.with(|pairs| {
        let mut pairs = pairs.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(pairs.entry(number).or_default())
    })
}

impl Pair {
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until something is different.
    pub(crate) fn sleep<'a>(&self, inside: MutexGuard<'a, Inside>) -> MutexGuard<'a, Inside> {
        self.changed
            .wait(inside)
            .unwrap_or_else(PoisonError::into_inner)
    }
}
