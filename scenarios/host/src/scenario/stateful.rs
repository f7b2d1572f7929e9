//! States of modules: dropped by an unload, handed over by an upgrade.

use std::sync::{Arc, Mutex, mpsc};
use std::{fs, panic, thread};

use dlkm_rt::{Event, Kernel, Observer, Snapshot, UnloadError, UpgradeError};
use scenario_api::{Orders, ledger, plan as planned};

use super::{Must, mapped, old_is_mapped, says, state};
use crate::editions::Editions;
use crate::plan;

pub(super) fn a_state_is_dropped_once_after_the_unload_hook(kernel: &'static Kernel, _: &str) {
    for _ in 0..3 {
        assert_eq!(ledger::fill(7).must(), 7);
        assert_eq!(ledger::fill(7).must(), 14);
        assert_eq!(ledger::add("a line").must(), 1);
        kernel.unload("ledger").must();
        assert!(!mapped("ledger"));
        assert_eq!(
            plan::notes(),
            [
                "1 load",
                "1 unload",
                // The last one is dropped first.
                "1 drops 1 lines",
                "1 drops pages"
            ]
        );
    }
    // A state that was never used is never made.
    kernel.load("ledger").must();
    kernel.unload("ledger").must();
    assert_eq!(plan::notes(), ["1 load", "1 unload"]);
}

pub(super) fn a_refused_unload_keeps_the_state(kernel: &'static Kernel, _: &str) {
    assert_eq!(ledger::fill(7).must(), 7);
    plan::order("1 unload", Orders::Fail);
    for _ in 0..2 {
        let error = kernel.unload("ledger").expect_err("the hook refuses");
        assert!(matches!(error, UnloadError::Hook { .. }), "{error:?}");
    }
    assert_eq!(ledger::fill(0).must(), 7);
    assert_eq!(plan::notes(), ["1 load", "1 unload", "1 unload"]);
}

/// This process's memory, in bytes.
fn resident() -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("Linux has it");
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    let kilobytes: u64 = number.expect("it is there").parse().expect("a number");
    kilobytes * 1024
}

pub(super) fn a_state_leaves_no_memory_behind(kernel: &'static Kernel, _: &str) {
    const MUCH: usize = 50_000_000;
    let round = || {
        assert_eq!(ledger::fill(MUCH).must(), MUCH as u64);
        kernel.unload("ledger").must();
    };
    round();
    let before = resident();
    for _ in 0..30 {
        round();
    }
    let more = resident().saturating_sub(before);
    assert!(more < MUCH as u64 / 2, "30 rounds left {more} bytes");
}

/// What each unload of `ledger` left on the heap, in bytes.
#[derive(Clone, Default)]
struct Left(Arc<Mutex<Vec<isize>>>);

impl Observer for Left {
    fn event(&self, event: &Event<'_>) {
        if let Event::Unloaded { left, .. } = event {
            self.0.lock().expect("no panic").push(*left);
        }
    }
}

impl Left {
    /// What the last unload left, in kilobytes.
    fn last(&self) -> isize {
        *self.0.lock().expect("no panic").last().expect("an unload") / 1000
    }
}

pub(super) fn what_a_module_leaves_on_the_heap_is_reported(kernel: &'static Kernel, _: &str) {
    const MUCH: usize = 50_000_000;
    let left = Left::default();
    kernel.observe(left.clone());
    let ledger_of = |snapshot: &Snapshot| snapshot.module("ledger").expect("known").clone();
    let heap = || ledger_of(&kernel.snapshot()).heap().expect("loaded") / 1000;
    // Some kilobytes are std's.
    let about = |kilobytes: isize| kilobytes..kilobytes + 100;

    ledger::fill(MUCH).must();
    assert!(about(50_000).contains(&heap()), "{}", heap());
    kernel.unload("ledger").must();
    assert!(about(0).contains(&left.last()), "{}", left.last());
    assert!(!kernel.snapshot().to_string().contains("on the heap"));

    ledger::hoard(MUCH).must();
    kernel.unload("ledger").must();
    assert!(about(50_000).contains(&left.last()), "{}", left.last());
    let snapshot = kernel.snapshot();
    assert!(about(50_000).contains(&(ledger_of(&snapshot).left() / 1000)));
    let text = snapshot.to_string();
    assert!(text.contains("  left 47."), "{text}");
    assert!(text.contains(" MiB on the heap"), "{text}");

    // A block counts where it is allocated, and where it is freed.
    ledger::take(vec![1; MUCH]).must();
    assert!(about(-50_000).contains(&heap()), "{}", heap());
    drop(ledger::give(MUCH).must());
    assert!(about(0).contains(&heap()), "{}", heap());
    kernel.unload("ledger").must();
    assert_eq!(ledger_of(&kernel.snapshot()).heap(), None);
}

pub(super) fn a_destructor_that_panics_is_contained(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    for _ in 0..2 {
        ledger::fill(7).must();
        ledger::trap().must();
        ledger::add("a line").must();
        kernel.unload("ledger").must();
        assert!(!mapped("ledger"));
        assert_eq!(
            plan::notes(),
            [
                "1 load",
                "1 unload",
                "1 drops 1 lines",
                "1 drops a trap",
                "1 drops pages"
            ]
        );
    }
    assert!(!thread::panicking());
}

pub(super) fn a_thread_of_the_module_keeps_its_state(kernel: &'static Kernel, _: &str) {
    ledger::fill(7).must();
    // From a thread that ends: otherwise its thread-local data would keep the image mapped.
    let starter = thread::spawn(|| ledger::linger().must());
    starter.join().expect("no panic");
    kernel.unload("ledger").must();
    assert_eq!(state(kernel, "ledger"), "unloaded");
    assert_eq!(plan::notes(), ["1 load", "1 unload"]);
    // The next life has a state of its own.
    assert_eq!(ledger::fill(9).must(), 9);
    kernel.unload("ledger").must();
    assert_eq!(plan::notes(), ["1 load", "1 unload", "1 drops pages"]);

    planned::meet().must();
    // No stub leads out of the old image any more, so the thread can note nothing.
    while mapped("ledger") {
        kernel.finish_retired();
        thread::yield_now();
    }
}

pub(super) fn a_destructor_of_thread_local_data_finds_no_state(kernel: &'static Kernel, _: &str) {
    let (clings, has_clung) = mpsc::channel();
    let (may_end, ends) = mpsc::channel();
    let clinging = thread::spawn(move || {
        ledger::fill(7).must();
        ledger::cling().must();
        clings.send(()).expect("the host waits");
        ends.recv().expect("the host sends");
    });
    has_clung.recv().expect("the thread sends");
    kernel.unload("ledger").must();
    let notes = plan::notes();
    assert_eq!(notes, ["1 load", "1 unload", "1 drops pages"]);
    may_end.send(()).expect("the thread waits");
    // Its destructor runs in the image that was unloaded.
    clinging.join().expect("no panic");
    assert_eq!(ledger::fill(1).must(), 1);
}

/// Version 1 is installed, and has 3 lines and 7 bytes.
fn start(kernel: &'static Kernel, editions: &str) -> Editions {
    let editions = Editions::of("ledger", kernel, editions);
    editions.install("ledger-1");
    let lines = ["a", "b", "c"].map(|line| ledger::add(line).must());
    assert_eq!(lines, [1, 2, 3]);
    assert_eq!(ledger::fill(7).must(), 7);
    assert_eq!(plan::notes(), ["1 load"]);
    editions
}

pub(super) fn an_upgrade_hands_the_state_over(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    editions.install("ledger-2");
    assert!(kernel.upgrade("ledger").must().drained);
    assert_eq!(plan::notes(), ["2 load", "1 unload", "1 drops pages"]);
    assert_eq!(ledger::add("d").must(), 4);
    assert_eq!(ledger::fill(1).must(), 1, "not handed over");
    kernel.unload("ledger").must();
    let notes = plan::notes();
    assert_eq!(notes, ["2 unload", "2 drops pages", "2 drops 4 lines"]);
    assert_eq!(ledger::add("e").must(), 1, "a load is not an upgrade");
}

pub(super) fn both_versions_use_one_state(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    let old = ledger::adder().must();
    editions.install("ledger-2");
    assert!(!kernel.upgrade("ledger").must().drained);
    assert_eq!((ledger::add("d").must(), old(5)), (4, 5));
    assert_eq!((ledger::add("f").must(), old(7)), (6, 7));
    drop(old);
    assert_eq!(kernel.finish_retired(), 0);
    assert!(!old_is_mapped("ledger"), "the first is gone");
    assert_eq!(ledger::add("h").must(), 8);
    assert_eq!(plan::notes(), ["2 load", "1 unload", "1 drops pages"]);
}

pub(super) fn a_state_of_another_type_stays(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    editions.install("ledger-3");
    assert!(kernel.upgrade("ledger").must().drained);
    let notes = plan::notes();
    assert_eq!(
        notes,
        ["3 load", "1 unload", "1 drops pages", "1 drops 3 lines"]
    );
    assert_eq!(ledger::add("a").must(), 1);
}

pub(super) fn a_failed_upgrade_keeps_the_state(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    editions.install("ledger-2");
    plan::order("2 load", Orders::Fail);
    let error = kernel.upgrade("ledger").expect_err("the hook refuses");
    says(&error, &["ledger", "not now"]);
    assert!(matches!(error, UpgradeError::Refused { .. }), "{error:?}");
    assert_eq!(ledger::add("d").must(), 4);
    kernel.unload("ledger").must();
    let notes = plan::notes();
    assert_eq!(
        notes,
        ["2 load", "1 unload", "1 drops pages", "1 drops 4 lines"]
    );
}
