//! Locks and condition variables, on which a thread sleeps as in the system.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::rc::Rc;
use std::sync::{LockResult, PoisonError};
use std::time::Duration;

use loom::sync::atomic::AtomicBool;
use loom::sync::atomic::Ordering::{Acquire, Relaxed, Release};

use super::execution;
use super::per_execution::PerExecution;
use super::sleep::Sleeper;
use super::step::{Step, before};

/// A lock of our own, since a thread that waits for one of loom's can't take part in a barrier.
/// Only taking and releasing it orders anything. The data of a static is not reset in the next
/// execution: each model leaves it as it found it.
pub(crate) struct Mutex<T> {
    taken: PerExecution<AtomicBool>,
    waiting: RefCell<VecDeque<Rc<Sleeper>>>,
    data: UnsafeCell<T>,
}

// SAFETY: only the thread that has taken the lock reaches the data. `PerExecution` is `Sync`, and
// loom runs one thread at a time on one system thread, so no two use `waiting` at once.
unsafe impl<T: Send> Sync for Mutex<T> {}
// SAFETY: see `Sync`; the data is `Send`.
unsafe impl<T: Send> Send for Mutex<T> {}

impl<T> Mutex<T> {
    pub(crate) const fn new(data: T) -> Self {
        Mutex {
            taken: PerExecution::new(),
            waiting: RefCell::new(VecDeque::new()),
            data: UnsafeCell::new(data),
        }
    }

    fn taken(&self) -> &AtomicBool {
        self.taken.get(|| AtomicBool::new(false))
    }

    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        before(Step::Other);
        // Acquire: with the Release in the guard's drop.
        while self
            .taken()
            .compare_exchange(false, true, Acquire, Relaxed)
            .is_err()
        {
            let me = Sleeper::new();
            self.waiting.borrow_mut().push_back(Rc::clone(&me));
            me.sleep();
        }
        Ok(MutexGuard { mutex: self })
    }
}

impl<T: Default> Default for Mutex<T> {
    fn default() -> Self {
        Mutex::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mutex")
    }
}

pub(crate) struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this thread has the lock.
        unsafe { &*self.mutex.data.get() }
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: this thread has the lock, and `self` is borrowed mutably.
        unsafe { &mut *self.mutex.data.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        before(Step::Other);
        // Release: with the Acquire in `lock`.
        self.mutex.taken().store(false, Release);
        let next = self.mutex.waiting.borrow_mut().pop_front();
        if let Some(next) = next {
            next.wake();
        }
    }
}

/// A thread that waits is noted while it still has the lock that it waits with.
pub(crate) struct Condvar {
    waiting: RefCell<Vec<Rc<Sleeper>>>,
}

// SAFETY: loom runs one thread at a time on one system thread, so no two use `waiting` at once.
unsafe impl Sync for Condvar {}
// SAFETY: see `Sync`.
unsafe impl Send for Condvar {}

impl Condvar {
    pub(crate) const fn new() -> Self {
        Condvar {
            waiting: RefCell::new(Vec::new()),
        }
    }

    pub(crate) fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let me = Sleeper::new();
        self.waiting.borrow_mut().push(Rc::clone(&me));
        let mutex = guard.mutex;
        drop(guard);
        me.sleep();
        mutex.lock()
    }

    /// As `wait`: time does not pass in a model.
    pub(crate) fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        _most: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, ())> {
        match self.wait(guard) {
            Ok(guard) => Ok((guard, ())),
            Err(poisoned) => Err(PoisonError::new((poisoned.into_inner(), ()))),
        }
    }

    pub(crate) fn notify_all(&self) {
        before(Step::Other);
        for waiting in self.waiting.take() {
            waiting.wake();
        }
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Condvar")
    }
}

/// Empty at the start of each execution. It orders nothing: models set it before they start
/// threads.
pub(crate) struct OnceLock<T> {
    execution: Cell<u64>,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: loom runs one thread at a time on one system thread, so no two read and set the value at
// once; and the value may be shared and sent.
unsafe impl<T: Send + Sync> Sync for OnceLock<T> {}

impl<T> OnceLock<T> {
    pub(crate) const fn new() -> Self {
        OnceLock {
            execution: Cell::new(0),
            value: UnsafeCell::new(None),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        if self.execution.get() != execution::number() {
            return None;
        }
        // SAFETY: `set` wrote the value in this execution, and writes it once in each.
        unsafe { &*self.value.get() }.as_ref()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        if self.get().is_some() {
            return Err(value);
        }
        // SAFETY: no reference to the value of an earlier execution is left, and `get` gave out
        // none in this one.
        let place = unsafe { &mut *self.value.get() };
        *place = Some(value);
        self.execution.set(execution::number());
        Ok(())
    }

    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if self.get().is_none() {
            let _ = self.set(make());
        }
        self.get().expect("just set")
    }
}
