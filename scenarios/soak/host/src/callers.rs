//! The kinds of callers. Each calls until the end of the run, checks every answer, and returns how
//! many calls it made.

use std::cell::RefCell;
use std::hint;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use dlkm_rt::{Kernel, LoadError, UnloadError};
use scenario_soak_api::{soak, soak_relay};

/// What callers and the unloader share.
#[derive(Default)]
pub(crate) struct Shared {
    /// Which callers work: see [`Shared::works`]. `None` at the end of the run.
    shift: Mutex<Option<usize>>,
    changed: Condvar,
    /// How many unloads of `soak` were refused.
    pub(crate) refused: AtomicU64,
}

/// How many callers work at a time. With all of them on few processors, one would be inside at all
/// times.
const AT_WORK: usize = 3;

impl Shared {
    pub(crate) fn new() -> Self {
        Shared {
            shift: Mutex::new(Some(0)),
            ..Shared::default()
        }
    }

    /// Lets other callers work; with `None`, no caller.
    pub(crate) fn change(&self, shift: Option<usize>) {
        *self.shift.lock().unwrap_or_else(PoisonError::into_inner) = shift;
        self.changed.notify_all();
    }

    /// Waits outside the modules for the turn of this caller. Returns `false` at the end of the
    /// run.
    fn works(&self, caller: usize) -> bool {
        for _ in 0..2000 {
            hint::spin_loop();
        }
        let shift = self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        let shift = self.changed.wait_while(shift, |shift| {
            shift.is_some_and(|shift| is_off(caller, shift))
        });
        shift.unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// Whether a caller that is inside must leave.
    fn is_over(&self, caller: usize) -> bool {
        let shift = *self.shift.lock().unwrap_or_else(PoisonError::into_inner);
        shift.is_none_or(|shift| is_off(caller, shift))
    }
}

fn is_off(caller: usize, shift: usize) -> bool {
    (caller + ALL.len() - shift % ALL.len()) % ALL.len() >= AT_WORK
}

/// The last is the caller's own number.
type Caller = fn(&'static Kernel, &Shared, usize) -> u64;

pub(crate) const ALL: &[(&str, Caller)] = &[
    ("adds", adds),
    ("adds again", adds),
    ("adds through a module", relays),
    ("panics", panics),
    ("blocks", blocks),
    ("blocks below a module", blocks_below),
    ("recurses", recurses),
    ("unloads from inside", unloads_from_inside),
    ("ends its thread", ends),
    ("holds values", holds),
    ("peeks", peeks),
];

fn must<T>(result: Result<T, LoadError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}"))
}

fn adds(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut sum = 0;
    let mut calls = 0;
    while shared.works(me) {
        for _ in 0..100 {
            sum = must(soak::add(sum, 3));
            calls += 1;
        }
    }
    assert_eq!(sum, 3 * calls, "each call was answered once, and rightly");
    calls
}

fn relays(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut sum = 0;
    let mut calls = 0;
    while shared.works(me) {
        for _ in 0..100 {
            sum = must(soak_relay::add(sum, 5));
            calls += 1;
        }
    }
    assert_eq!(sum, 5 * calls, "each call was answered once, and rightly");
    calls
}

fn panics(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut calls = 0;
    while shared.works(me) {
        let text = format!("the {calls}th");
        let payload = catch_unwind(|| soak::panic(&text)).expect_err("it panics");
        let message = payload.downcast_ref::<String>().expect("a text");
        assert!(message.ends_with(&text), "{message}");
        calls += 1;
    }
    calls
}

/// Stays inside until the unloader was refused.
fn blocks(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut calls = 0;
    while shared.works(me) {
        must(soak::call(&mut || wait_for_refusal(shared, me)));
        calls += 1;
    }
    calls
}

fn blocks_below(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut calls = 0;
    while shared.works(me) {
        must(soak_relay::call(&mut || wait_for_refusal(shared, me)));
        calls += 1;
    }
    calls
}

fn wait_for_refusal(shared: &Shared, me: usize) {
    let before = shared.refused.load(Relaxed);
    while shared.refused.load(Relaxed) == before && !shared.is_over(me) {
        thread::yield_now();
    }
}

fn recurses(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut calls = 0;
    while shared.works(me) {
        assert_eq!(must(soak::deep(20)), 210);
        let mut sum = 0;
        must(soak::call(&mut || {
            must(soak_relay::call(&mut || sum = must(soak::deep(4))));
        }));
        assert_eq!(sum, 10);
        calls += 21 + 3 + 5;
    }
    calls
}

fn unloads_from_inside(kernel: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut calls = 0;
    let refused = |module| match kernel.unload(module) {
        Err(UnloadError::Busy { .. }) => {}
        other => panic!("unloading `{module}` from inside a call of it: {other:?}"),
    };
    while shared.works(me) {
        must(soak::call(&mut || refused("soak")));
        must(soak_relay::call(&mut || {
            refused("soak");
            refused("soak-relay");
        }));
        calls += 3;
    }
    calls
}

/// Calls from the destructor of thread-local data.
struct Last(u64);

impl Drop for Last {
    fn drop(&mut self) {
        assert_eq!(must(soak::add(self.0, 1)), self.0 + 1);
        assert_eq!(must(soak_relay::add(self.0, 1)), self.0 + 1);
    }
}

thread_local!(static LAST: RefCell<Option<Last>> = const { RefCell::new(None) });

/// Threads that soon end abruptly: with calls from the destructors of their data, or by a panic
/// that nothing catches.
fn ends(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut calls = 0;
    while shared.works(me) {
        let number = calls;
        let ended = thread::spawn(move || {
            LAST.set(Some(Last(number)));
            assert_eq!(must(soak::add(1, number)), number + 1);
            must(soak::panic("the end"));
        });
        let payload = ended.join().expect_err("it panics");
        let message = payload.downcast_ref::<String>().expect("a text");
        assert!(message.ends_with("the end"), "{message}");
        calls += 4;
    }
    calls
}

fn holds(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut calls = 0;
    while shared.works(me) {
        let mut numbers = must(soak::numbers(10));
        assert_eq!(numbers.by_ref().take(4).sum::<u64>(), 6);
        // Dropped by another thread, after this one has left the module.
        let rest = thread::spawn(move || numbers.sum::<u64>()).join();
        assert_eq!(rest.expect("no panic"), 39);
        let text = must(soak::text(100));
        assert!(text.len() == 100 && text.bytes().all(|letter| letter == b'x'));
        calls += 2;
    }
    calls
}

fn peeks(_: &'static Kernel, shared: &Shared, me: usize) -> u64 {
    let mut calls = 0;
    while shared.works(me) {
        for _ in 0..100 {
            let sum = catch_unwind(AssertUnwindSafe(|| soak::peek(calls, 7))).expect("no panic");
            assert!(sum.is_none_or(|sum| sum == calls + 7), "{sum:?}");
            calls += 1;
        }
    }
    calls
}
