//! Modules that are unloaded when no one calls them.

use std::fs;
use std::sync::mpsc;
use std::thread::{self, sleep};
use std::time::{Duration, Instant};

use dlkm_rt::{Kernel, State, UnloadError};
use scenario_api::{Orders, counter, idler, idler_top, patient};

use super::{Must, mapped, says, state};
use crate::plan;

/// The `idle` of `idler` and `idler-top`.
const IDLE: Duration = Duration::from_millis(1);

/// Waits until the modules' idle time has passed.
fn wait() {
    let start = Instant::now();
    while start.elapsed() <= IDLE {
        sleep(IDLE);
    }
}

/// Waits for something that another thread does.
#[track_caller]
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(60), "never: {what}");
        sleep(IDLE);
    }
}

pub(super) fn an_idle_module_is_reaped(kernel: &'static Kernel, _: &str) {
    assert!(kernel.reap().next.is_none(), "nothing is loaded");
    for _ in 0..3 {
        assert_eq!(idler::twice(2).must(), 4);
        // The call may have been just before.
        let first = kernel.reap();
        assert!(first.unloaded.is_empty() && first.refused.is_empty());
        assert!(first.next.expect("there is one") <= IDLE);
        wait();
        idler::twice(3).must();
        wait();
        let again = kernel.reap();
        assert!(again.unloaded.is_empty(), "it was called since");
        wait();
        let last = kernel.reap();
        assert_eq!(last.unloaded, ["idler"]);
        assert!(last.refused.is_empty() && last.next.is_none());
        assert_eq!(state(kernel, "idler"), "unloaded");
        assert!(!mapped("idler"));
        assert_eq!(plan::notes(), ["idler load", "idler unload"]);
    }
}

pub(super) fn a_module_never_called_is_reaped(kernel: &'static Kernel, _: &str) {
    kernel.load("idler").must();
    wait();
    assert_eq!(kernel.reap().unloaded, ["idler"], "idle since its load");
}

pub(super) fn a_module_in_use_is_not_reaped(kernel: &'static Kernel, _: &str) {
    let stays = || {
        for _ in 0..3 {
            wait();
            let reaped = kernel.reap();
            assert!(reaped.unloaded.is_empty() && reaped.refused.is_empty());
            assert!(reaped.next.is_some());
        }
        assert_eq!(state(kernel, "idler"), "loaded");
    };
    idler::idler_during(&mut || stays()).must();
    let double = idler::doubler().must();
    stays();
    assert_eq!(double(4), 8);
    drop(double);
    // It has been idle since the last reap that found it in use.
    wait();
    assert_eq!(kernel.reap().unloaded, ["idler"]);
}

pub(super) fn a_module_without_idle_is_not_reaped(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    assert_eq!(patient::same(1).must(), 1);
    for _ in 0..3 {
        wait();
        let reaped = kernel.reap();
        assert!(reaped.unloaded.is_empty() && reaped.refused.is_empty());
        let next = reaped.next.expect("of `patient`");
        assert!(next > Duration::from_secs(3500), "{next:?}");
    }
    let now = kernel.snapshot();
    let idle = |module| now.module(module).expect("loaded").idle();
    assert_eq!(idle("patient"), Some(Duration::from_secs(3600)));
    assert_eq!(idle("counter"), None);
    kernel.unload("patient").must();
    assert!(kernel.reap().next.is_none());
    assert_eq!(counter::count().must(), 2, "the same module");
}

pub(super) fn a_pinned_module_is_not_reaped(kernel: &'static Kernel, _: &str) {
    idler::idler_stays().must();
    wait();
    let reaped = kernel.reap();
    assert!(reaped.unloaded.is_empty() && reaped.refused.is_empty());
    assert!(reaped.next.is_none(), "it will never go");
}

pub(super) fn a_chain_is_reaped_at_once(kernel: &'static Kernel, _: &str) {
    assert_eq!(idler_top::four_times(2).must(), 8);
    assert!(kernel.reap().unloaded.is_empty());
    wait();
    let reaped = kernel.reap();
    assert_eq!(reaped.unloaded, ["idler-top", "idler"]);
    assert!(reaped.refused.is_empty() && reaped.next.is_none());
}

pub(super) fn a_chain_waits_for_its_head(kernel: &'static Kernel, _: &str) {
    idler_top::top_stays().must();
    for _ in 0..3 {
        wait();
        let reaped = kernel.reap();
        assert!(reaped.unloaded.is_empty() && reaped.refused.is_empty());
        assert!(
            reaped.next.expect("of `idler`") > Duration::ZERO,
            "no busy loop"
        );
    }
}

pub(super) fn an_unload_hook_may_refuse_a_reap(kernel: &'static Kernel, _: &str) {
    kernel.load("idler").must();
    plan::order("idler unload", Orders::Fail);
    wait();
    let reaped = kernel.reap();
    let [(module, error)] = &reaped.refused[..] else {
        panic!("{reaped:?}")
    };
    assert_eq!(module, "idler");
    assert!(matches!(error, UnloadError::Hook { .. }));
    says(error, &["idler", "not now"]);
    assert!(reaped.next.expect("a second try") > Duration::ZERO);
    assert_eq!(idler::twice(1).must(), 2, "it goes on working");
    plan::order("idler unload", Orders::Succeed);
    kernel.reap();
    wait();
    assert_eq!(kernel.reap().unloaded, ["idler"]);
}

pub(super) fn a_reaper_unloads_idle_modules(kernel: &'static Kernel, _: &str) {
    let reaper = kernel.start_reaper().expect("a thread");
    counter::count().must();
    for number in 0..5 {
        assert_eq!(idler_top::four_times(number).must(), 4 * number);
        until("both are unloaded", || {
            state(kernel, "idler") == "unloaded" && state(kernel, "idler-top") == "unloaded"
        });
    }
    drop(reaper);
    assert_eq!(state(kernel, "counter"), "loaded");
}

/// The folder of the reaper's thread in /proc.
fn reaper_thread() -> Option<std::path::PathBuf> {
    let all = fs::read_dir("/proc/self/task").expect("this process");
    all.filter_map(|task| Some(task.ok()?.path())).find(|task| {
        let name = fs::read_to_string(task.join("comm")).unwrap_or_default();
        name.trim() == "dlkm-reaper"
    })
}

pub(super) fn a_reaper_sleeps_until_needed_and_ends(kernel: &'static Kernel, _: &str) {
    let reaper = kernel.start_reaper().expect("a thread");
    counter::count().must();
    idler::twice(1).must();
    until("it is unloaded", || state(kernel, "idler") == "unloaded");
    let task = reaper_thread().expect("it runs");
    let switches = || {
        let status = fs::read_to_string(task.join("status")).expect("it runs");
        let found = status
            .lines()
            .find(|line| line.starts_with("voluntary_ctxt"));
        found.expect("a number of switches").to_owned()
    };
    until("it sleeps for fifty times the shortest idle", || {
        let before = switches();
        sleep(50 * IDLE);
        before == switches()
    });
    drop(reaper);
    assert!(reaper_thread().is_none(), "joined");
    // A reaper that waits for a time ends as well, and so does one that a hook drops.
    let reaper = kernel.start_reaper().expect("a thread");
    patient::same(1).must();
    drop(reaper);
    let reaper = kernel.start_reaper().expect("a thread");
    plan::errand("idler unload", move || drop(reaper));
    kernel.load("idler").must();
    until("it is unloaded", || state(kernel, "idler") == "unloaded");
    until("it ends", || reaper_thread().is_none());
}

pub(super) fn callers_do_not_notice_a_reaper(kernel: &'static Kernel, _: &str) {
    const THREADS: u64 = 4;
    const ROUNDS: u64 = 10;
    const CALLS: u64 = 60;
    let reaper = kernel.start_reaper().expect("a thread");
    let sum: u64 = thread::scope(|scope| {
        // A caller that panics closes its channel, and the scenario then closes all others.
        let mut done = Vec::new();
        let mut next = Vec::new();
        let callers: Vec<_> = (0..THREADS)
            .map(|caller| {
                let (is_done, all_done) = mpsc::channel();
                let (go_on, may_go_on) = mpsc::channel();
                done.push(all_done);
                next.push(go_on);
                scope.spawn(move || {
                    let mut sum = 0;
                    for _ in 0..ROUNDS {
                        for number in 0..CALLS {
                            sum += idler_top::four_times(number).must();
                            sum += idler::twice(number).must();
                            // Calls after waits of all lengths: some fall into an unload.
                            sleep(Duration::from_micros(97 * (caller + number) % 1500));
                        }
                        is_done.send(()).expect("the scenario waits");
                        may_go_on.recv().expect("the scenario goes on");
                    }
                    sum
                })
            })
            .collect();
        for _ in 0..ROUNDS {
            for caller in &done {
                caller.recv().expect("no panic");
            }
            until("it is unloaded between", || {
                kernel.snapshot().module("idler").map(|one| one.state()) == Some(State::Unloaded)
            });
            for caller in &next {
                caller.send(()).expect("it waits");
            }
        }
        callers
            .into_iter()
            .map(|one| one.join().expect("no panic"))
            .sum()
    });
    drop(reaper);
    assert_eq!(sum, THREADS * ROUNDS * 6 * (0..CALLS).sum::<u64>());
    let loads = plan::notes()
        .into_iter()
        .filter(|note| note == "idler load");
    assert!(loads.count() as u64 >= ROUNDS, "it came and went");
    let now = kernel.snapshot();
    let idler = now.module("idler").expect("known");
    assert_eq!(idler.calls_in_all(), Some(THREADS * ROUNDS * CALLS * 3));
}
