//! Thread-local data as in std, in loom's threads, at one distance in all threads.

use std::cell::RefCell;

use super::atomics::AtomicU64;
use super::local_block::{self, Key, Value};
use super::step;

/// As in std, for data made by a constant.
macro_rules! thread_local {
    ($(#[$attr:meta])* $vis:vis static $name:ident: $type:ty = const $init:block $(; $($rest:tt)*)?) => {
        $(#[$attr])*
        $vis static $name: $crate::checked::local::LocalKey<$type> =
            $crate::checked::local::LocalKey::new(|| $init);
        $(thread_local! { $($rest)* })?
    };
    () => {};
}

pub(crate) struct LocalKey<T: 'static> {
    init: fn() -> T,
}

/// The data was destroyed.
#[derive(Debug)]
pub(crate) struct AccessError;

impl<T: 'static> LocalKey<T> {
    pub(crate) const fn new(init: fn() -> T) -> Self {
        LocalKey { init }
    }

    pub(crate) fn with<R>(&'static self, f: impl FnOnce(&T) -> R) -> R {
        self.try_with(f).expect("not destroyed yet")
    }

    pub(crate) fn try_with<R>(&'static self, f: impl FnOnce(&T) -> R) -> Result<R, AccessError> {
        let me = step::me();
        if std::mem::needs_drop::<T>() && me.locals.is_destroyed() {
            return Err(AccessError);
        }
        let (value, _) = me.locals.data(local_block::number(self));
        // SAFETY: this key's `make` wrote a `T` there. `LocalBlock`, which `me` keeps, frees it;
        // if it needs a destructor, that has not run, as checked above.
        Ok(f(unsafe { &*value.cast::<T>() }))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// As in std; the runtime's tests use it.
    pub(crate) fn set(&'static self, value: T) {
        self.with(|cell| *cell.borrow_mut() = value);
    }
}

impl<T: 'static> Key for LocalKey<T> {
    fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    fn make(&self) -> Value {
        Value::new((self.init)())
    }
}

thread_local! {
    /// What a thread's pointer points to: two words, of which the first is positive.
    static POINTER: [AtomicU64; 2] = const { [const { AtomicU64::new(1) }; 2] };
}

/// As `os::at_distance`: the running thread's data.
pub(crate) fn at_distance<T>(distance: isize) -> *const T {
    if distance == 0 {
        assert!(size_of::<T>() <= size_of::<[AtomicU64; 2]>(), "two words");
        return POINTER.with(|words| std::ptr::from_ref(words).cast());
    }
    let distance = distance.cast_unsigned();
    let (data, size) = step::me().locals.data((distance >> BITS) - 1);
    let offset = distance & ((1 << BITS) - 1);
    assert!(
        offset + size_of::<T>() <= size,
        "the distance of thread-local data"
    );
    data.wrapping_add(offset).cast()
}

/// As `os::distance`.
pub(crate) fn distance(address: *const ()) -> Option<isize> {
    let (number, offset) = step::me().locals.find(address.addr())?;
    Some((((number + 1) << BITS) + offset).cast_signed())
}

const BITS: usize = 20;
