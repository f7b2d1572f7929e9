//! Snapshots of modules.

use std::thread;
use std::time::{Duration, Instant};

use dlkm_rt::{Kernel, ModuleSnapshot, State};
use scenario_api::{clingy, counter, heap, keeper, nobody, top};

use super::{Must, mapped};
use crate::end::End;
use crate::plan;

#[track_caller]
fn of(kernel: &Kernel, module: &str) -> ModuleSnapshot {
    let now = kernel.snapshot();
    now.module(module).expect("a record of it").clone()
}

/// Calls since the load, calls in all, calls in flight.
fn counts(kernel: &Kernel) -> (Option<u64>, Option<u64>, Option<u64>) {
    let now = of(kernel, "counter");
    (now.calls(), now.calls_in_all(), now.in_flight())
}

pub(super) fn a_snapshot_counts_the_calls_of_a_life(kernel: &'static Kernel, _: &str) {
    let linked = |module: &ModuleSnapshot| module.file().is_none();
    assert!(
        kernel.snapshot().modules().iter().all(linked),
        "nothing was asked for"
    );
    let before = Instant::now();
    counter::count().must();
    let now = of(kernel, "counter");
    assert_eq!((now.state(), now.version()), (State::Loaded, Some("0.1.0")));
    assert!(now.file().expect("an image").ends_with("counter.so"));
    assert!(now.error().is_none() && now.pinned_by().is_none() && now.load_only().is_none());
    assert!(now.dependants().is_empty() && now.held() == 0);
    let loaded = now.loaded().expect("it is");
    assert!(loaded > before && loaded < Instant::now());
    assert!(now.load_took().expect("it is loaded") < loaded - before);
    let age = now
        .loaded_at()
        .expect("it is")
        .elapsed()
        .expect("no time travel");
    assert!(age < before.elapsed() + Duration::from_secs(1));
    let size = std::fs::metadata(now.file().expect("an image")).expect("it is there");
    let memory = now.memory().expect("mapped");
    assert!(
        now.is_mapped() && (4096..size.len()).contains(&memory),
        "{memory}"
    );

    assert_eq!(
        counts(kernel),
        (Some(1), Some(1), Some(0)),
        "the call that loaded it"
    );
    assert!(counter::during(&mut || {
        assert_eq!(counts(kernel), (Some(2), Some(2), Some(1)));
        thread::scope(|scope| {
            scope.spawn(|| counter::count().must());
        });
        assert_eq!(counter::peek(), 2);
        assert_eq!(
            counts(kernel),
            (Some(4), Some(4), Some(1)),
            "of an ended thread too"
        );
    }));
    kernel.unload("counter").must();
    let gone = of(kernel, "counter");
    assert_eq!(
        (gone.state(), gone.version()),
        (State::Unloaded, Some("0.1.0"))
    );
    assert_eq!(counts(kernel), (None, Some(4), Some(0)));
    assert!(!gone.is_mapped() && !mapped("counter"));
    assert!(gone.loaded().is_none() && gone.loaded_at().is_none() && gone.load_took().is_none());

    assert_eq!(counter::peek(), 0, "the fallback is no call of it");
    counter::count().must();
    assert_eq!(counts(kernel), (Some(1), Some(5), Some(0)));
    assert!(of(kernel, "counter").loaded() > Some(loaded));
}

pub(super) fn a_snapshot_shows_what_keeps_a_module(kernel: &'static Kernel, _: &str) {
    top::top().must();
    assert_eq!(of(kernel, "counter").dependants(), ["top"]);
    assert!(of(kernel, "top").dependants().is_empty());
    counter::keep().must();
    assert_eq!(of(kernel, "counter").pinned_by(), Some("counter::keep"));

    let walk = keeper::walk(1).must();
    assert_eq!(of(kernel, "keeper").held(), 1);
    drop(walk);
    assert_eq!(of(kernel, "keeper").held(), 0);

    heap::bytes(1).must();
    let heap = of(kernel, "heap");
    assert_eq!(heap.load_only(), Some("heap"));
    assert_eq!(
        (heap.calls(), heap.calls_in_all(), heap.in_flight()),
        (None, None, None)
    );

    // The hooks call it. It is linked into this program.
    let plan = of(kernel, "plan");
    assert_eq!(plan.state(), State::Loaded);
    assert!(plan.file().is_none() && !plan.is_mapped());
}

pub(super) fn a_snapshot_shows_a_failed_load(kernel: &'static Kernel, _: &str) {
    nobody::call().expect_err("no module provides it");
    let now = of(kernel, "nobody");
    assert_eq!((now.state(), now.version()), (State::Failed, None));
    assert!(now.error().is_some() && now.file().is_none() && now.memory().is_none());
    assert_eq!((now.calls(), now.in_flight()), (None, None));
}

/// A snapshot may be taken while hooks run, and shows that they do.
pub(super) fn a_snapshot_may_be_taken_inside_hooks(kernel: &'static Kernel, _: &str) {
    plan::errand("counter load", || {
        assert_eq!(of(kernel, "counter").state(), State::Loading);
        assert_eq!(counts(kernel), (None, None, None));
    });
    counter::count().must();
    plan::errand("counter unload", || {
        let now = of(kernel, "counter");
        assert_eq!(now.state(), State::Unloading);
        assert!(now.is_mapped() && now.loaded().is_some());
        assert_eq!(counts(kernel), (Some(1), Some(1), Some(0)));
    });
    kernel.unload("counter").must();
    assert_eq!(plan::notes(), ["counter load", "counter unload"]);
}

pub(super) fn a_snapshot_shows_a_kept_image(kernel: &'static Kernel, _: &str) {
    thread::scope(|scope| {
        scope.spawn(|| {
            clingy::cling().must();
            kernel.unload("clingy").must();
            assert!(mapped("clingy"), "or the scenario shows nothing");
            let now = of(kernel, "clingy");
            assert_eq!(now.state(), State::Unloaded);
            assert!(now.is_mapped() && now.memory() > Some(0));
        });
    });
}

/// Callers, unloads and snapshots run at the same time; no call is missed.
pub(super) fn snapshots_under_load_miss_no_call(kernel: &'static Kernel, _: &str) {
    const CALLS: u64 = 20_000;
    const CALLERS: u64 = 2;
    let end = End::default();
    thread::scope(|scope| {
        let done = end.guard();
        let watcher = scope.spawn(|| {
            let mut last = 0;
            while !end.has_come() {
                if let Some(now) = kernel.snapshot().module("counter") {
                    let in_all = now.calls_in_all().unwrap_or(0);
                    assert!(in_all >= last, "{in_all} after {last}");
                    assert!(now.in_flight().unwrap_or(0) <= CALLERS);
                    assert!(now.calls().unwrap_or(0) <= in_all);
                    last = in_all;
                }
            }
        });
        let unloader = scope.spawn(|| {
            while !end.has_come() {
                let _ = kernel.unload("counter");
                thread::yield_now();
            }
        });
        let callers: Vec<_> = (0..CALLERS)
            .map(|_| scope.spawn(|| (0..CALLS).for_each(|_| assert!(counter::count().must() > 0))))
            .collect();
        for caller in callers {
            caller.join().expect("no panic");
        }
        drop(done);
        watcher.join().expect("no panic");
        unloader.join().expect("no panic");
    });
    let now = of(kernel, "counter");
    assert_eq!(
        (now.calls_in_all(), now.in_flight()),
        (Some(CALLS * CALLERS), Some(0))
    );
}

pub(super) fn print_a_snapshot(kernel: &'static Kernel, _: &str) {
    counter::keep().must();
    nobody::call().expect_err("no module provides it");
    print!("{}", kernel.snapshot());
}
