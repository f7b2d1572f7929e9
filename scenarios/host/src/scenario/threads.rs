//! Threads that a module started, and threads that called it, while it is unloaded.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};
use std::{fs, hint, thread};

use dlkm_rt::{Event, Kept, Kernel, Observer, UnloadError, UpgradeError};
use scenario_api::{Start, counter, early, threads, veteran};

use super::forking::{in_child, only_thread};
use super::{Must, mapped, says, state};
use crate::plan;

/// Why the kernel kept the code of `threads`, for each of its unloads.
#[derive(Clone, Default)]
struct Unloads(Arc<Mutex<Vec<Option<Kept>>>>);

impl Observer for Unloads {
    fn event(&self, event: &Event<'_>) {
        if let Event::Unloaded { module, kept, .. } = event
            && *module == "threads"
        {
            self.0.lock().expect("no panic").push(*kept);
        }
    }
}

/// Unloads `threads`, which must succeed. Returns why its code is kept.
fn unload(kernel: &'static Kernel) -> Option<Kept> {
    let unloads = Unloads::default();
    kernel.observe(unloads.clone());
    kernel.unload("threads").must();
    assert_eq!(state(kernel, "threads"), "unloaded");
    let [kept] = unloads.0.lock().expect("no panic")[..] else {
        panic!("one event");
    };
    let all = kernel.modules();
    let info = all.iter().find(|one| one.name() == "threads");
    assert_eq!(info.expect("installed").kept(), kept);
    kept
}

/// Starts a thread in the module, from a thread that ends. Otherwise thread-local data of the
/// calling thread would keep the image mapped.
fn start(how: Start) {
    let starter = thread::spawn(move || threads::start(how).must());
    starter.join().expect("no panic");
}

/// A thread of the module that waits where it asks the plan.
struct Stopped {
    /// Its folder in /proc.
    task: PathBuf,
    go_on: mpsc::Sender<()>,
}

fn stopped(how: Start) -> Stopped {
    stopped_in("thread", || start(how))
}

/// The thread asks the plan for `hook`.
fn stopped_in(hook: &str, start: impl FnOnce()) -> Stopped {
    let (inside, is_inside) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel();
    plan::errand(hook, move || {
        let task = fs::read_link("/proc/thread-self").expect("/proc");
        inside.send(task).expect("the scenario waits");
        may_go_on.recv().expect("the scenario says when");
    });
    start();
    let task = is_inside
        .recv_timeout(plan::PATIENCE)
        .expect("the thread is there");
    let task = PathBuf::from("/proc").join(task);
    Stopped { task, go_on }
}

impl Stopped {
    /// Lets it go on, and waits until the system has forgotten it.
    fn end(self) {
        assert!(self.task.exists());
        self.go_on.send(()).expect("the thread waits");
        while self.task.exists() {
            thread::yield_now();
        }
    }
}

fn runs_on(kernel: &'static Kernel, how: Start) {
    let stopped = stopped(how);
    let kept = unload(kernel);
    assert_eq!(kept, Some(Kept::Threads(1)));
    assert!(kept.is_some_and(|kept| kept.to_string().starts_with("1 thread still runs")));
    assert!(mapped("threads"));
    stopped.end();
    assert!(mapped("threads"), "until the kernel looks");
    kernel.finish_retired();
    assert!(!mapped("threads"), "nothing needs it any more");
    let all = kernel.modules();
    let info = all.iter().find(|one| one.name() == "threads");
    assert_eq!(info.expect("installed").kept(), None);
    // The module loads again, and its threads are counted as before.
    start(Start::Worker);
    assert_eq!(state(kernel, "threads"), "loaded");
    assert_eq!(unload(kernel), None);
}

pub(super) fn a_running_thread_keeps_the_image_mapped(kernel: &'static Kernel, _: &str) {
    runs_on(kernel, Start::Plain);
}

pub(super) fn a_running_thread_started_in_c_keeps_the_image_mapped(
    kernel: &'static Kernel,
    _: &str,
) {
    runs_on(kernel, Start::InC);
}

pub(super) fn a_thread_may_leave_by_pthread_exit(kernel: &'static Kernel, _: &str) {
    runs_on(kernel, Start::InCLeaving);
}

pub(super) fn threads_that_the_unload_hook_stops_keep_nothing(kernel: &'static Kernel, _: &str) {
    for _ in 0..3 {
        start(Start::Worker);
        start(Start::Worker);
        assert_eq!(unload(kernel), None);
        assert!(!mapped("threads"));
    }
}

pub(super) fn a_holding_thread_keeps_the_module_loaded(kernel: &'static Kernel, _: &str) {
    start(Start::Holding);
    for _ in 0..2 {
        let error = kernel.unload("threads").expect_err("a thread holds it");
        says(
            &error,
            &["threads", "in use", "hold it (1)", "end them first"],
        );
        assert!(matches!(error, UnloadError::Threads { threads: 1, .. }));
        assert_eq!(state(kernel, "threads"), "loaded");
    }
    let stopper = thread::spawn(|| threads::stop().must());
    assert_eq!(stopper.join().expect("no panic"), 40 + 1, "it calls others");
    assert_eq!(unload(kernel), None);
    assert!(!mapped("threads"));
}

/// A thread holds even after its closure has returned: dropping the result runs code of the module.
pub(super) fn a_thread_holds_until_its_result_is_dropped(kernel: &'static Kernel, _: &str) {
    let stopped = stopped(Start::HoldingUnjoined);
    let error = kernel.unload("threads").expect_err("a thread holds it");
    assert!(matches!(error, UnloadError::Threads { threads: 1, .. }));
    stopped.end();
    assert_eq!(unload(kernel), None);
}

pub(super) fn thread_panics(kernel: &'static Kernel, _: &str) {
    let caller = thread::spawn(|| threads::panic().must());
    let text = caller.join().expect("no panic here");
    assert_eq!(text, "the thread panicked: no more milk");
    assert_eq!(unload(kernel), None);
}

/// Destructors of thread-local data run when the thread's routine has returned.
pub(super) fn a_thread_in_its_destructors_keeps_the_image_mapped(kernel: &'static Kernel, _: &str) {
    let stopped = stopped(Start::LastWords);
    assert_eq!(counter::peek(), 1, "it called another module");
    assert_eq!(unload(kernel), Some(Kept::Threads(1)));
    stopped.end();
    assert_eq!(counter::peek(), 1, "a stub of a module that is gone fails");
    kernel.unload("counter").must();
}

/// A thread that the module has not started keeps its image too, if the thread has a destructor of
/// the module to run.
pub(super) fn a_destructor_in_a_host_thread_keeps_the_image_mapped(
    kernel: &'static Kernel,
    _: &str,
) {
    let (called, has_called) = mpsc::channel();
    let (leave, may_leave) = mpsc::channel::<()>();
    let caller = thread::spawn(move || {
        threads::know_thread().must();
        threads::know_thread().must();
        called.send(()).expect("the scenario waits");
        may_leave.recv().expect("the scenario says when");
    });
    has_called.recv().expect("it called");
    let kept = unload(kernel);
    leave.send(()).expect("it waits");
    // The destructor that std has registered runs.
    caller.join().expect("it ends");
    assert_eq!(kept, Some(Kept::Threads(1)));
    // No thread that has called the module is left.
    let caller = thread::spawn(|| threads::know_thread().must());
    caller.join().expect("it ends");
    assert_eq!(unload(kernel), None);
}

/// A reload maps another image: a thread that is still in the old one finds no kernel.
pub(super) fn a_thread_of_an_old_image_finds_no_kernel(kernel: &'static Kernel, _: &str) {
    let stopped = stopped(Start::LastWords);
    assert_eq!(unload(kernel), Some(Kept::Threads(1)));
    start(Start::Worker);
    stopped.end();
    assert_eq!(counter::peek(), 1);
    assert_eq!(unload(kernel), None);
    kernel.unload("counter").must();
}

/// The kernel does not count the thread, so the image keeps itself mapped.
pub(super) fn a_thread_that_nothing_counts_keeps_the_image_mapped(
    kernel: &'static Kernel,
    _: &str,
) {
    for _ in 0..2 {
        let caller = thread::spawn(|| early::eight().must());
        assert_eq!(caller.join().expect("no panic"), 8);
        kernel.unload("early").must();
        assert!(mapped("early"));
    }
}

/// The thread is in `counter`, and its own module is unloaded. No hold says where it is.
pub(super) fn a_thread_in_a_call_without_a_hold_keeps_the_module_called(
    kernel: &'static Kernel,
    _: &str,
) {
    // Twice: the second image of `veteran` may be where the first one was.
    for _ in 0..2 {
        let stopped = stopped_in("veteran", || {
            let starter = thread::spawn(|| veteran::linger().must());
            starter.join().expect("no panic");
        });
        let error = kernel.unload("counter").expect_err("veteran calls it");
        assert!(matches!(error, UnloadError::LoadOnly { .. }), "{error}");
        kernel.unload("veteran").must();
        assert!(mapped("veteran"));
        let error = kernel.unload("counter").expect_err("the thread is in it");
        says(&error, &["counter", "`veteran`", "takes no hold"]);
        assert!(matches!(error, UnloadError::Unheld { .. }), "{error}");
        let error = kernel.upgrade("counter").expect_err("the thread is in it");
        says(&error, &["counter", "`veteran`", "takes no hold"]);
        assert!(matches!(error, UpgradeError::Unheld { .. }), "{error}");
        let now = kernel.snapshot();
        let snapshot = now.module("counter").expect("it is loaded");
        assert_eq!(snapshot.unheld_by(), Some("veteran"));
        let line = "stays: module `veteran`, which is unloaded, may be in a call of `counter`";
        assert!(now.to_string().contains(line), "{now}");
        assert_eq!(counter::peek(), 0, "it serves");
        stopped.end();
        kernel.unload("counter").must();
        assert!(!mapped("veteran") && !mapped("counter"));
    }
}

/// The module is unloaded while a thread of it starts, runs or ends. Each unload has a process of
/// its own: in a shared one, the first image that is kept would stay for all others.
pub(super) fn an_unload_survives_short_threads(kernel: &'static Kernel, _: &str) {
    const CYCLES: i32 = 500;
    let mut kept = 0;
    for cycle in 0..CYCLES {
        let status = in_child(|| {
            // Both ends are certain: the thread is in the module, or it has ended. What comes between
            // is up to the system.
            let wait = cycle / 2 % 50;
            // This leaves nothing behind in the calling thread.
            let in_c = || threads::start(Start::InC).must();
            let mut stopped = None;
            match cycle % 2 {
                0 if wait == 0 => stopped = Some(stopped_in("thread", in_c)),
                0 => in_c(),
                _ => start(Start::Short),
            }
            for _ in 0..wait * 100 {
                hint::spin_loop();
            }
            while wait == 49 && !only_thread() {
                thread::yield_now();
            }
            let kept = unload(kernel).is_some();
            stopped.into_iter().for_each(Stopped::end);
            while !only_thread() {
                thread::yield_now();
            }
            i32::from(kept)
        });
        match status {
            Ok(status @ 0..=1) => kept += status,
            Ok(status) => panic!("cycle {cycle}: exit status {status}"),
            Err(signal) => panic!("cycle {cycle}: signal {signal}"),
        }
    }
    println!("{CYCLES} cycles, {kept} kept");
    assert!(
        kept > 0 && kept < CYCLES,
        "or the scenario shows only one of the two"
    );
}
