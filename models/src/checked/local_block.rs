//! The thread-local data of one thread.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::per_execution::GONE;

/// A `thread_local!` of the runtime.
pub(super) trait Key {
    /// Its address, by which it is told from others.
    fn address(&self) -> usize;

    /// Its data in a thread that first uses it.
    fn make(&self) -> Value;
}

std::thread_local! {
    /// The keys by number; the same in all executions.
    static KEYS: RefCell<Vec<&'static dyn Key>> = const { RefCell::new(Vec::new()) };
}

/// The number of a key.
pub(super) fn number(key: &'static dyn Key) -> usize {
    KEYS.with_borrow_mut(|keys| {
        let known = keys.iter().position(|one| one.address() == key.address());
        known.unwrap_or_else(|| {
            keys.push(key);
            keys.len() - 1
        })
    })
}

/// One key's data in one thread.
pub(super) struct Value {
    data: *mut u8,
    size: usize,
    destroy: Option<fn(*mut u8)>,
    free: fn(*mut u8),
}

impl Value {
    pub(super) fn new<T>(value: T) -> Self {
        Value {
            data: Box::into_raw(Box::new(value)).cast(),
            size: size_of::<T>(),
            destroy: std::mem::needs_drop::<T>().then_some(|data: *mut u8| {
                // SAFETY: `data` is from `Box::into_raw` above, and `LocalBlock::destroy`, which
                // runs once for each thread, is the only caller.
                unsafe { data.cast::<T>().drop_in_place() }
            }),
            free: |data| {
                // SAFETY: `data` is from `Box::into_raw` above, and `Value::drop` is the only
                // caller. `ManuallyDrop` has the layout of `T`, and drops no `T` again.
                drop(unsafe { Box::from_raw(data.cast::<std::mem::ManuallyDrop<T>>()) });
            },
        }
    }
}

impl Drop for Value {
    fn drop(&mut self) {
        (self.free)(self.data);
    }
}

/// All data of one thread.
#[derive(Default)]
pub(super) struct LocalBlock {
    /// By the key's number.
    values: RefCell<BTreeMap<usize, Value>>,
    destroyed: Cell<bool>,
}

impl LocalBlock {
    /// Whether the destructors of this thread's data have run.
    pub(super) fn is_destroyed(&self) -> bool {
        self.destroyed.get()
    }

    /// The data of a key, and its size.
    pub(super) fn data(&self, number: usize) -> (*mut u8, usize) {
        let key = KEYS.with_borrow(|keys| keys[number]);
        let mut values = self.values.borrow_mut();
        let value = values.entry(number).or_insert_with(|| key.make());
        (value.data, value.size)
    }

    /// The key whose data has this address in it, and the offset in the data.
    pub(super) fn find(&self, address: usize) -> Option<(usize, usize)> {
        let values = self.values.borrow();
        values.iter().find_map(|(number, value)| {
            let offset = address.checked_sub(value.data.addr())?;
            (offset < value.size).then_some((*number, offset))
        })
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

    /// The thread has ended: a read of its data finds `GONE` from now on.
    pub(super) fn fill(&self) {
        for value in self.values.borrow().values() {
            // SAFETY: `data` points to `size` bytes, which `Value::drop` has not freed. The
            // destructor of what was there has run, so writing over it drops nothing twice.
            unsafe { value.data.write_bytes(GONE, value.size) };
        }
    }
}
