//! Holds: what keeps a module loaded while a call is in it, without a shared write.
//!
//! Each thread has a [`HoldRecord`] for each unloadable interface it calls, written by
//! that thread alone. A call counts its entry, then loads the slot; the unloader turns
//! the slots back, makes every thread pass a barrier, then compares entries with exits.
//! Either it sees the entry, or the caller's load came after the barrier and sees the
//! slot unbound. (Linux's `percpu-refcount` and userspace RCU rest on the same trade.)
//!
//! A thread's records belong to the kernel's image, because a destructor of thread-local
//! data inside a module's image would keep that image mapped; a module's image has only
//! a pointer to them, [`ThreadHold`].

use std::cell::Cell;

use crate::declaration::StubTable;
use crate::image;
use crate::os;
use crate::primitive::{Acquire, AtomicPtr, AtomicU64, Mutex, Relaxed, Release, lock};

/// How often one thread entered and left the functions of one interface.
/// Aligned so that no two threads write to one cache line.
#[derive(Debug, Default)]
#[repr(align(128))]
pub(crate) struct HoldRecord {
    entered: AtomicU64,
    exited: AtomicU64,
}

impl HoldRecord {
    /// Whether a call is in flight. Only after the slots were unbound and a heavy barrier.
    fn in_flight(&self) -> bool {
        // Exits first: read the other way round, a call that began and ended in between
        // would hide one that goes on. Acquire: with the Release in `Hold::drop`, so that
        // all the call did comes before the unload.
        let exited = self.exited.load(Acquire);
        // Relaxed: the unloader's barrier has made every entry before it visible.
        self.entered.load(Relaxed) != exited
    }
}

/// One thread's pointer to its record for one interface, null until the first call.
/// Atomic because the thread that unloads the image resets it; see `forget_image`.
#[derive(Debug, Default)]
pub struct ThreadHold(AtomicPtr<HoldRecord>);

impl ThreadHold {
    /// A pointer not yet set.
    pub const fn new() -> Self {
        ThreadHold(AtomicPtr::new(std::ptr::null_mut()))
    }

    /// Counts a call in. `self` is the calling thread's own, for `interface`.
    #[inline(always)]
    pub fn enter(&self, interface: &'static StubTable) -> Hold {
        // Relaxed: only this thread sets it, or an unloader while no call can come here.
        let mut record = self.0.load(Relaxed).cast_const();
        if record.is_null() {
            record = self.register(interface);
        }
        // SAFETY: a record lives until its thread's exit nulls the pointer, and a thread
        // that exits is in no call; see `ThreadRecords::drop`.
        let counts = unsafe { &*record };
        // Plain load and store: no other thread writes here. Relaxed: `os::light_barrier`
        // and the unloader's `os::heavy_barrier` order the entry before the slot's load.
        counts
            .entered
            .store(counts.entered.load(Relaxed).wrapping_add(1), Relaxed);
        os::light_barrier();
        Hold { record }
    }

    #[cold]
    fn register(&self, interface: &'static StubTable) -> *const HoldRecord {
        (image::services().hold)(interface, self)
    }
}

/// A call in flight: its module stays loaded until this is dropped, also by a panic.
#[derive(Debug)]
pub struct Hold {
    /// Also keeps `Hold` on its thread: a raw pointer is not `Send`.
    record: *const HoldRecord,
}

impl Drop for Hold {
    #[inline(always)]
    fn drop(&mut self) {
        // SAFETY: as in `ThreadHold::enter`; the thread is still in the call.
        let counts = unsafe { &*self.record };
        // Release: with the Acquire in `HoldRecord::in_flight`.
        counts
            .exited
            .store(counts.exited.load(Relaxed).wrapping_add(1), Release);
    }
}

/// A registered record.
struct Entry {
    /// The stubs' image's own record of the interface; compared, and read while that image
    /// is attached.
    interface: *const StubTable,
    /// The interface's name, ours to keep.
    name: String,
    /// The thread, or `None` for a record made while its thread's data was being destroyed:
    /// it serves one call and is reaped after that.
    owner: Option<usize>,
    cell: *const ThreadHold,
    /// From `Box::into_raw`, freed when the entry is dropped.
    record: *mut HoldRecord,
}

impl Drop for Entry {
    fn drop(&mut self) {
        // SAFETY: from `Box::into_raw` in `register`, and only entries own records. The
        // thread has ended, its image has gone, or it was an orphan whose one call is over.
        drop(unsafe { Box::from_raw(self.record) });
    }
}

// SAFETY: `cell` is used under the registry's lock alone, by its own thread or by an
// unloader while both the thread and the image live (each end removes the entry first).
unsafe impl Send for Entry {}

/// What the orphan of [`register`] counts from: the entry is counted in before it is made
/// known, so that nobody reaps it between registration and use.
const ORPHAN_START: u64 = 1;

impl Entry {
    fn in_flight(&self) -> bool {
        match self.owner {
            Some(_) => self.counts().in_flight(),
            None => !self.orphan_done(),
        }
    }

    fn identity(&self) -> (Option<usize>, usize) {
        (self.owner, self.record.addr())
    }

    fn counts(&self) -> &HoldRecord {
        // SAFETY: alive as long as the entry.
        unsafe { &*self.record }
    }

    fn orphan_done(&self) -> bool {
        // One call: start + 1 entries, 1 exit. Acquire: with the Release in `Hold::drop`.
        self.owner.is_none() && self.counts().exited.load(Acquire) == 1
    }
}

/// All records of this process's threads. Used in the kernel's image; a module's own copy
/// serves only calls made before the image was attached.
static REGISTRY: Mutex<Vec<Entry>> = Mutex::new(Vec::new());

/// Gives the thread's records back when it ends.
struct ThreadRecords {
    me: Cell<usize>,
}

thread_local! {
    static THREAD: ThreadRecords = const { ThreadRecords { me: Cell::new(0) } };
}

impl Drop for ThreadRecords {
    fn drop(&mut self) {
        let me = self.me.get();
        lock(&REGISTRY).retain(|entry| {
            if entry.owner != Some(me) {
                return true;
            }
            // SAFETY: the cell is this very thread's, in an image that is still attached:
            // `forget_image` would have removed the entry otherwise.
            let cell = unsafe { &*entry.cell };
            // Relaxed: read by this thread alone.
            cell.0.store(std::ptr::null_mut(), Relaxed);
            false
        });
    }
}

/// The service behind [`ThreadHold::enter`]: makes the calling thread's record.
pub(crate) fn register(interface: &'static StubTable, cell: &ThreadHold) -> *const HoldRecord {
    let counts = HoldRecord::default();
    // The address of the thread's own data names the thread for as long as it lives.
    let owner = THREAD.try_with(|thread| {
        let me = std::ptr::from_ref(thread) as usize;
        thread.me.set(me);
        me
    });
    let owner = owner.ok();
    if owner.is_none() {
        // Relaxed: the registry's lock makes it known.
        counts.entered.store(ORPHAN_START, Relaxed);
    }
    let record = Box::into_raw(Box::new(counts));
    if owner.is_some() {
        // Relaxed: read by this thread alone.
        cell.0.store(record, Relaxed);
    }
    let mut registry = lock(&REGISTRY);
    registry.retain(|entry| !entry.orphan_done());
    let name = interface.declaration.name.to_owned();
    registry.push(Entry {
        interface,
        name,
        owner,
        cell,
        record,
    });
    record
}

/// A call that waits in the kernel, outside of its module.
pub(crate) struct Outside {
    record: *const HoldRecord,
}

/// Lets the calling thread's innermost call of `interface` count as over, until the result is
/// dropped: it has not entered the module yet, and it is to wait for the module's unload. Only
/// for a call that took a hold; else an outer call would count as over.
/// `None` if the call takes no hold.
pub(crate) fn step_outside(interface: &'static StubTable) -> Option<Outside> {
    let me = THREAD.try_with(|thread| thread.me.get()).ok()?;
    let registry = lock(&REGISTRY);
    let of_me =
        |entry: &&Entry| entry.owner == Some(me) && std::ptr::eq(entry.interface, interface);
    let entry = registry
        .iter()
        .find(of_me)
        .filter(|entry| entry.in_flight())?;
    let counts = entry.counts();
    // Plain load and store: this thread's own record. Release: as in `Hold::drop`.
    counts
        .exited
        .store(counts.exited.load(Relaxed).wrapping_add(1), Release);
    Some(Outside {
        record: entry.record,
    })
}

impl Drop for Outside {
    fn drop(&mut self) {
        // SAFETY: the thread's own record, which lives until the thread ends or the image goes
        // whose stub was called; the call is still in that stub.
        let counts = unsafe { &*self.record };
        // Relaxed and without a barrier: what the call does next is ask the kernel, under the
        // lock that an unload takes.
        counts
            .entered
            .store(counts.entered.load(Relaxed).wrapping_add(1), Relaxed);
    }
}

/// Whether any thread is in a call of one of these interfaces. Only after their slots were
/// unbound in every image and a heavy barrier.
pub(crate) fn in_flight(interfaces: &[&str]) -> bool {
    lock(&REGISTRY)
        .iter()
        .any(|entry| interfaces.contains(&entry.name.as_str()) && entry.in_flight())
}

/// Whether the calling thread is in a call of one of these interfaces.
pub(crate) fn inside(interfaces: &[&str]) -> bool {
    // A thread whose data is being destroyed has no records of its own left.
    let Ok(me) = THREAD.try_with(|thread| thread.me.get()) else {
        return false;
    };
    let of_me = |entry: &Entry| {
        entry.owner == Some(me) && interfaces.contains(&entry.name.as_str()) && entry.in_flight()
    };
    lock(&REGISTRY).iter().any(of_me)
}

/// The records that counted a call in flight when the slots had been moved elsewhere.
#[derive(Debug)]
pub(crate) struct Pending(Vec<(Option<usize>, usize)>);

/// The calls of these interfaces that are in flight. Only after their slots were moved in every
/// image and a heavy barrier.
pub(crate) fn pending(interfaces: &[&str]) -> Pending {
    let registry = lock(&REGISTRY);
    let entries = registry.iter();
    let in_flight = entries
        .filter(|entry| interfaces.contains(&entry.name.as_str()) && entry.in_flight())
        .map(Entry::identity);
    Pending(in_flight.collect())
}

impl Pending {
    /// Whether each of these threads has been in no such call at one time since. Then it can't
    /// come back to where the slots led before: its next entry is after the barrier.
    pub(crate) fn settled(&mut self) -> bool {
        let registry = lock(&REGISTRY);
        // A record that is gone has no call: its thread has ended, or its image. Where another
        // one has its place by now, this waits for that too, which is needless but right.
        self.0.retain(|known| {
            let mut entries = registry.iter();
            entries.any(|entry| entry.identity() == *known && entry.in_flight())
        });
        self.0.is_empty()
    }
}

/// Drops the records made through the stubs of an image that is about to go.
/// No thread is in such a call: nothing can run in the image any more.
pub(crate) fn forget_image(interfaces: &[StubTable]) {
    let range = interfaces.as_ptr_range();
    lock(&REGISTRY).retain(|entry| {
        if !range.contains(&entry.interface) {
            return true;
        }
        if entry.owner.is_some() {
            // SAFETY: the thread lives, or its end would have removed the entry; the image
            // is still mapped, so its thread-local data is there.
            let cell = unsafe { &*entry.cell };
            // Destructors of thread-local data may call from an image that stays mapped: they
            // must not find this record. Also called by `attach`, for what constructors left.
            // Relaxed: the thread that calls next has ended its last call before, and the
            // kernel saw that end.
            cell.0.store(std::ptr::null_mut(), Relaxed);
        }
        false
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::{Abi, Class, Declaration};

    static INTERFACE: StubTable = StubTable {
        declaration: Declaration {
            name: "hold-test",
            class: Class::Unloadable,
            abi: Abi::Rust,
            version: "0.1.0",
            functions: &[],
        },
        types: &[],
        stubs: &[],
    };

    thread_local!(static HOLD: ThreadHold = const { ThreadHold::new() });

    fn enter() -> Hold {
        HOLD.with(|hold| hold.enter(&INTERFACE))
    }

    fn records() -> usize {
        let registry = lock(&REGISTRY);
        let ours = |entry: &&Entry| entry.name == "hold-test";
        registry.iter().filter(ours).count()
    }

    #[test]
    fn a_call_in_flight_shows_and_a_thread_takes_its_record_along() {
        std::thread::spawn(|| {
            let one = enter();
            assert!(in_flight(&["other", "hold-test"]));
            assert!(!in_flight(&["other"]));
            let two = enter();
            drop(one);
            assert!(in_flight(&["hold-test"]));
            drop(two);
            assert!(!in_flight(&["hold-test"]));
            assert_eq!(records(), 1, "one record a thread, however many calls");
            forget_image(std::slice::from_ref(&INTERFACE));
            assert_eq!(records(), 0);
            drop(enter());
            assert_eq!(records(), 1, "the thread's pointer was reset with it");
        })
        .join()
        .unwrap();
        assert_eq!(records(), 0);
    }

    static OTHER: StubTable = StubTable {
        declaration: Declaration {
            name: "hold-test-pending",
            ..INTERFACE.declaration
        },
        types: &[],
        stubs: &[],
    };

    #[test]
    fn pending_calls_settle_one_by_one_and_for_good() {
        thread_local!(static HOLD: ThreadHold = const { ThreadHold::new() });
        let enter = || HOLD.with(|hold| hold.enter(&OTHER));
        let names = ["hold-test-pending"];
        std::thread::spawn(move || {
            assert!(pending(&names).settled(), "nobody was in it");
            let outer = enter();
            let mut before = pending(&names);
            assert!(inside(&names) && !inside(&["hold-test"]));
            drop(enter());
            assert!(!before.settled(), "calls within it don't end it");
            let mut others = std::thread::scope(|scope| {
                let other = scope.spawn(move || {
                    assert!(!inside(&names), "another thread is");
                    let call = enter();
                    let pending = pending(&names);
                    // The record goes with the thread.
                    std::mem::forget(call);
                    pending
                });
                other.join().unwrap()
            });
            assert!(!others.settled(), "the outer call of this thread");
            drop(outer);
            assert!(before.settled() && others.settled());
            let _next = enter();
            assert!(
                before.settled() && others.settled(),
                "a later call is no matter"
            );
        })
        .join()
        .unwrap();
    }
}
