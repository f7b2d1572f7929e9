//! The model of the barrier itself: what it forbids, and what weaker barriers would let through.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicBool, AtomicUsize};

use dlkm_models::atomics::AtomicU64;
use dlkm_models::{Bounds, Heavy, barrier, check, thread};

static X: AtomicU64 = AtomicU64::new(0);
static Y: AtomicU64 = AtomicU64::new(0);

/// Store buffering: each of two threads writes one word, then reads the other's. Returns whether
/// both can miss the other's write.
fn both_miss(name: &str, bounds: Bounds, light: bool) -> bool {
    let missed = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&missed);
    check(name, bounds, move || {
        X.load(Relaxed);
        Y.load(Relaxed);
        let other = thread::spawn(move || {
            X.store(1, Relaxed);
            if light {
                barrier::light();
            }
            Y.load(Relaxed)
        });
        Y.store(1, Relaxed);
        assert_eq!(barrier::heavy(), bounds.heavy != Heavy::Missing);
        let x = X.load(Relaxed);
        if other.join() == 0 && x == 0 {
            seen.store(true, Relaxed);
        }
    });
    missed.load(Relaxed)
}

#[test]
fn each_sees_the_other_with_a_barrier_everywhere() {
    let all = Bounds::ALL;
    assert!(!both_miss("store buffering, membarrier", all, true));
    let name = "store buffering, membarrier, compiler";
    assert!(!both_miss(name, all.moved(), true));
}

#[test]
fn a_fence_in_the_unloader_alone_is_not_enough() {
    let alone = Bounds::ALL.heavy(Heavy::Here);
    assert!(both_miss("store buffering, one fence", alone, true));
}

#[test]
fn a_compiler_must_be_kept_from_moving_the_entry() {
    let name = "store buffering, membarrier, compiler not held";
    assert!(both_miss(name, Bounds::ALL.moved(), false));
}

#[test]
fn a_thread_that_sleeps_or_has_ended_is_not_waited_for() {
    static ENDED: AtomicUsize = AtomicUsize::new(0);
    check("barrier, threads that sleep", Bounds::ALL, || {
        let sleeper = thread::spawn(|| thread::spawn(|| X.store(1, Relaxed)).join());
        assert!(barrier::heavy());
        sleeper.join();
        assert!(barrier::heavy());
        assert_eq!(X.load(Relaxed), 1);
        ENDED.fetch_add(1, Relaxed);
    });
    assert!(ENDED.load(Relaxed) > 1);
}
