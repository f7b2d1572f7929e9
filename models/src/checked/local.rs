//! Thread-local data: as std has it, in loom's threads, at one distance in all threads.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::late::GONE;
use super::thread;

/// As std's, for data made by a constant.
macro_rules! thread_local {
    ($(#[$attr:meta])* $vis:vis static $name:ident: $type:ty = const $init:block $(; $($rest:tt)*)?) => {
        $(#[$attr])*
        $vis static $name: $crate::checked::LocalKey<$type> =
            $crate::checked::LocalKey::new(|| $init);
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
        let me = thread::me();
        let value = me.locals.value(self).ok_or(AccessError)?;
        // SAFETY: made by `init` of this key, and freed with `Locals`, after the execution.
        Ok(f(unsafe { &*value }))
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    /// As std's; the runtime's tests use it.
    pub(crate) fn set(&'static self, value: T) {
        self.with(|cell| *cell.borrow_mut() = value);
    }
}

/// The keys there are, by number; the same in all executions.
trait Key {
    fn make(&self) -> Value;
}

impl<T: 'static> Key for LocalKey<T> {
    fn make(&self) -> Value {
        Value {
            data: Box::into_raw(Box::new((self.init)())).cast(),
            size: size_of::<T>(),
            destroy: std::mem::needs_drop::<T>().then_some(|data: *mut u8| {
                // SAFETY: from `Box::new` above, dropped once.
                unsafe { data.cast::<T>().drop_in_place() }
            }),
            free: |data| {
                // SAFETY: from `Box::into_raw` above, freed once; what it held was dropped, or
                // needs no drop.
                drop(unsafe { Box::from_raw(data.cast::<std::mem::ManuallyDrop<T>>()) });
            },
        }
    }
}

std::thread_local! {
    static KEYS: RefCell<Vec<(usize, &'static dyn Key)>> = const { RefCell::new(Vec::new()) };
}

struct Value {
    data: *mut u8,
    size: usize,
    destroy: Option<fn(*mut u8)>,
    free: fn(*mut u8),
}

impl Drop for Value {
    fn drop(&mut self) {
        (self.free)(self.data);
    }
}

/// One thread's data.
#[derive(Default)]
pub(super) struct Locals {
    /// By the key's number.
    values: RefCell<BTreeMap<usize, Value>>,
    destroyed: Cell<bool>,
}

impl Locals {
    fn value<T: 'static>(&self, key: &'static LocalKey<T>) -> Option<*const T> {
        if std::mem::needs_drop::<T>() && self.destroyed.get() {
            return None;
        }
        let address = std::ptr::from_ref(key).addr();
        let number = KEYS.with_borrow_mut(|keys| {
            let known = keys.iter().position(|(known, _)| *known == address);
            known.unwrap_or_else(|| {
                keys.push((address, key));
                keys.len() - 1
            })
        });
        Some(self.data(number).0.cast())
    }

    /// The data of a key, and its size.
    fn data(&self, number: usize) -> (*mut u8, usize) {
        let key = KEYS.with_borrow(|keys| keys[number].1);
        let mut values = self.values.borrow_mut();
        let value = values.entry(number).or_insert_with(|| key.make());
        (value.data, value.size)
    }

    /// Runs the destructors.
    pub(super) fn destroy(&self) {
        self.destroyed.set(true);
        let destructors: Vec<_> = self
            .values
            .borrow()
            .values()
            .filter_map(|value| Some((value.destroy?, value.data)))
            .collect();
        for (destroy, data) in destructors {
            destroy(data);
        }
    }

    /// The thread has ended: what reads its data from now on is told.
    pub(super) fn fill(&self) {
        for value in self.values.borrow().values() {
            // SAFETY: memory of that size, which needs no drop any more.
            unsafe { value.data.write_bytes(GONE, value.size) };
        }
    }
}

/// As `os::at_distance`: the running thread's data.
pub(crate) fn at_distance<T>(distance: isize) -> *const T {
    let distance = distance.cast_unsigned();
    let (data, size) = thread::me().locals.data((distance >> BITS) - 1);
    let offset = distance & ((1 << BITS) - 1);
    assert!(
        offset + size_of::<T>() <= size,
        "the distance of thread-local data"
    );
    data.wrapping_add(offset).cast()
}

/// As `os::distance`.
pub(crate) fn distance(address: *const ()) -> Option<isize> {
    let me = thread::me();
    let values = me.locals.values.borrow();
    values.iter().find_map(|(number, value)| {
        let offset = address.addr().checked_sub(value.data.addr())?;
        (offset < value.size).then_some((((number + 1) << BITS) + offset).cast_signed())
    })
}

const BITS: usize = 20;
