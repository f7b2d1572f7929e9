//! The memory of modules whose images are mapped.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use loom::cell::UnsafeCell;
use loom::sync::atomic::Ordering::Relaxed;

use super::atomics::AtomicUsize;
use super::step::{Step, before};

/// A mapped image as loom watches it: which threads read and write it when.
pub struct Memory {
    /// Written when the image is mapped and unmapped, read by each call.
    code: UnsafeCell<()>,
    /// Statics.
    data: [UnsafeCell<u64>; DATA],
}

const DATA: usize = 4;

/// Counts what the dynamic linker did. So loom sees that opening and closing depend on each other,
/// and tries both orders.
static LINKED: AtomicUsize = AtomicUsize::new(0);

/// Comes before other threads start.
pub(crate) fn prepare() {
    LINKED.fetch_add(1, Relaxed);
}

std::thread_local! {
    static MAPPED: RefCell<BTreeMap<String, Rc<Memory>>> = const { RefCell::new(BTreeMap::new()) };
}

pub(super) fn reset() {
    let left = MAPPED.take();
    // Loom has freed what these cells stand for: nothing to drop.
    std::mem::forget(left);
}

/// The memory of `module`, for its own functions and hooks.
///
/// # Panics
/// It is not mapped.
pub fn of(module: &str) -> Rc<Memory> {
    let mapped = MAPPED.with_borrow(|mapped| mapped.get(module).cloned());
    let memory = mapped.expect("code runs of a module that is not mapped");
    before(Step::Other);
    memory.code.with(|_| {});
    memory
}

/// Whether the module is mapped.
pub fn is_mapped(module: &str) -> bool {
    MAPPED.with_borrow(|mapped| mapped.contains_key(module))
}

pub(crate) fn map(module: &str) {
    LINKED.fetch_add(1, Relaxed);
    let memory = Rc::new(Memory {
        code: UnsafeCell::new(()),
        data: std::array::from_fn(|_| UnsafeCell::new(0)),
    });
    memory.code.with_mut(|_| {});
    let before = MAPPED.with_borrow_mut(|mapped| mapped.insert(module.to_owned(), memory));
    assert!(before.is_none(), "{module} is mapped twice");
}

pub(crate) fn unmap(module: &str) {
    LINKED.fetch_add(1, Relaxed);
    let memory = MAPPED.with_borrow_mut(|mapped| mapped.remove(module));
    let memory = memory.expect("an image is unmapped once");
    memory.code.with_mut(|_| {});
    for cell in &memory.data {
        cell.with_mut(|_| {});
    }
}

impl Memory {
    /// Reads a static.
    pub fn read(&self, index: usize) -> u64 {
        before(Step::Other);
        // SAFETY: loom has checked that no other thread writes the cell now.
        self.data[index].with(|cell| unsafe { *cell })
    }

    /// Writes a static.
    pub fn write(&self, index: usize, value: u64) {
        before(Step::Other);
        // SAFETY: loom has checked that no other thread uses the cell now.
        self.data[index].with_mut(|cell| unsafe { *cell = value });
    }
}
