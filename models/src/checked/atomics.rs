//! Atomics with const constructors, whose relaxed stores a compiler may move.

use std::fmt;

use loom::sync::atomic::{self, Ordering};

use super::per_execution::PerExecution;
use super::step::{Step, before, delay};

macro_rules! atomics {
    ($($name:ident<$($T:ident)?>: $value:ty;)*) => {$(
        /// Loom's, made when it is first used.
        pub struct $name<$($T)?> {
            first: $value,
            real: PerExecution<atomic::$name<$($T)?>>,
        }

        // SAFETY: `PerExecution` is `Sync`, and `first` is only read.
        unsafe impl<$($T)?> Sync for $name<$($T)?> {}
        // SAFETY: `PerExecution` is `Send`, and `first` is a number or an address.
        unsafe impl<$($T)?> Send for $name<$($T)?> {}

        impl<$($T: 'static)?> $name<$($T)?> {
            /// With this value at the start of each execution.
            pub const fn new(first: $value) -> Self {
                $name { first, real: PerExecution::new() }
            }

            fn real(&self) -> &atomic::$name<$($T)?> {
                self.real.get(|| atomic::$name::new(self.first))
            }

            fn address(&self) -> usize {
                std::ptr::from_ref(self).addr()
            }

            /// As in std.
            #[track_caller]
            pub fn load(&self, ordering: Ordering) -> $value {
                before(Step::Load(self.address()));
                self.real().load(ordering)
            }

            /// As in std; the compiler of the model may move a relaxed store.
            #[track_caller]
            pub fn store(&self, value: $value, ordering: Ordering) {
                before(Step::Other);
                let this = std::ptr::from_ref(self);
                let store = move || {
                    // SAFETY: this runs at once, or before the thread's next step that is not a
                    // load. The runtime frees no atomic between a store to it and that step.
                    let this = unsafe { &*this };
                    this.real().store(value, ordering);
                };
                match ordering {
                    Ordering::Relaxed => delay(self.address(), store),
                    _ => store(),
                }
            }
        }

        impl<$($T: 'static)?> fmt::Debug for $name<$($T)?> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

atomics! {
    AtomicPtr<T>: *mut T;
    AtomicIsize<>: isize;
    AtomicU64<>: u64;
    AtomicUsize<>: usize;
}

impl Default for AtomicU64 {
    fn default() -> Self {
        AtomicU64::new(0)
    }
}

impl Default for AtomicIsize {
    fn default() -> Self {
        AtomicIsize::new(0)
    }
}

impl Default for AtomicUsize {
    fn default() -> Self {
        AtomicUsize::new(0)
    }
}

impl<T: 'static> AtomicPtr<T> {
    #[track_caller]
    pub(crate) fn swap(&self, value: *mut T, ordering: Ordering) -> *mut T {
        before(Step::Other);
        self.real().swap(value, ordering)
    }

    #[track_caller]
    pub(crate) fn compare_exchange(
        &self,
        expected: *mut T,
        value: *mut T,
        set: Ordering,
        fetch: Ordering,
    ) -> Result<*mut T, *mut T> {
        before(Step::Other);
        self.real().compare_exchange(expected, value, set, fetch)
    }
}

impl AtomicUsize {
    #[track_caller]
    pub(crate) fn fetch_add(&self, value: usize, ordering: Ordering) -> usize {
        before(Step::Other);
        self.real().fetch_add(value, ordering)
    }

    #[track_caller]
    pub(crate) fn fetch_sub(&self, value: usize, ordering: Ordering) -> usize {
        before(Step::Other);
        self.real().fetch_sub(value, ordering)
    }

    #[track_caller]
    pub(crate) fn fetch_update(
        &self,
        set: Ordering,
        fetch: Ordering,
        update: impl FnMut(usize) -> Option<usize>,
    ) -> Result<usize, usize> {
        before(Step::Other);
        self.real().fetch_update(set, fetch, update)
    }
}
