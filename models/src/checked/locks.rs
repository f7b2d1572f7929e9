//! Locks, and waiting for them.

use std::cell::{Cell, UnsafeCell};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::{LockResult, TryLockError};

use loom::sync;

use super::barrier::asleep;
use super::late::Late;
use super::thread::{self, Step, before};

/// Loom's, around data that is made in a constant. The data of a static is not reset in the
/// next execution: each model leaves it as it found it.
pub(crate) struct Mutex<T> {
    real: Late<sync::Mutex<()>>,
    data: UnsafeCell<T>,
}

// SAFETY: the data is reached through the lock alone.
unsafe impl<T: Send> Sync for Mutex<T> {}

impl<T> Mutex<T> {
    pub(crate) const fn new(data: T) -> Self {
        Mutex {
            real: Late::new(),
            data: UnsafeCell::new(data),
        }
    }

    #[track_caller]
    pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        before(Step::Other);
        let real = self.real.get(|| sync::Mutex::new(()));
        let guard = match real.try_lock() {
            Ok(guard) => guard,
            Err(TryLockError::Poisoned(poison)) => poison.into_inner(),
            Err(TryLockError::WouldBlock) => asleep(|| real.lock().expect("not poisoned")),
        };
        Ok(MutexGuard {
            mutex: self,
            real: Some(guard),
        })
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
    real: Option<sync::MutexGuard<'a, ()>>,
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
        // SAFETY: as above.
        unsafe { &mut *self.mutex.data.get() }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        if let Some(guard) = self.real.take() {
            before(Step::Other);
            drop(guard);
        }
    }
}

pub(crate) struct Condvar {
    real: Late<sync::Condvar>,
}

impl Condvar {
    pub(crate) const fn new() -> Self {
        Condvar { real: Late::new() }
    }

    fn real(&self) -> &sync::Condvar {
        self.real.get(sync::Condvar::new)
    }

    #[track_caller]
    pub(crate) fn wait<'a, T>(
        &self,
        mut guard: MutexGuard<'a, T>,
    ) -> LockResult<MutexGuard<'a, T>> {
        before(Step::Other);
        let held = guard.real.take().expect("a guard has its lock");
        let held = asleep(|| self.real().wait(held).expect("not poisoned"));
        guard.real = Some(held);
        Ok(guard)
    }

    #[track_caller]
    pub(crate) fn notify_all(&self) {
        before(Step::Other);
        self.real().notify_all();
    }
}

impl fmt::Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Condvar")
    }
}

/// Empty again in each execution. It orders nothing: models set it before they start threads.
pub(crate) struct OnceLock<T> {
    execution: Cell<u64>,
    value: UnsafeCell<Option<T>>,
}

// SAFETY: as `Late`.
unsafe impl<T: Send + Sync> Sync for OnceLock<T> {}

impl<T> OnceLock<T> {
    pub(crate) const fn new() -> Self {
        OnceLock {
            execution: Cell::new(0),
            value: UnsafeCell::new(None),
        }
    }

    pub(crate) fn get(&self) -> Option<&T> {
        if self.execution.get() != thread::execution() {
            return None;
        }
        // SAFETY: set in this execution, and not changed again in it.
        unsafe { &*self.value.get() }.as_ref()
    }

    pub(crate) fn set(&self, value: T) -> Result<(), T> {
        if self.get().is_some() {
            return Err(value);
        }
        // SAFETY: nobody has a reference to what an earlier execution left.
        let place = unsafe { &mut *self.value.get() };
        *place = Some(value);
        self.execution.set(thread::execution());
        Ok(())
    }

    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if self.get().is_none() {
            let _ = self.set(make());
        }
        self.get().expect("just set")
    }
}
