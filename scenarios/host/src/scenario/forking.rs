//! `fork` in a process that has modules loaded.

use std::fs;
use std::sync::mpsc;
use std::thread;

use dlkm_rt::{Kernel, UnloadError};
use scenario_api::{Start, clingy, counter, relay, threads};

use super::{Must, mapped, state};
use crate::plan;

/// Runs `body` in a child process. Returns its result, at most 255, or the signal that ended the
/// child.
pub(super) fn in_child(body: impl FnOnce() -> i32) -> Result<i32, i32> {
    // SAFETY: `fork` itself has no preconditions. The child of a process with threads may do only
    // what is safe in a signal handler; that dlkm's calls go on there is what the scenario tests.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "no child");
    if child == 0 {
        let body = std::panic::AssertUnwindSafe(body);
        let status = std::panic::catch_unwind(body).unwrap_or(101);
        // SAFETY: `_exit` takes a number and ends the process without running destructors.
        unsafe { libc::_exit(status) }
    }
    let mut status = 0;
    // SAFETY: `status` is writable.
    let ended = unsafe { libc::waitpid(child, &raw mut status, 0) };
    assert_eq!(ended, child);
    if libc::WIFEXITED(status) {
        Ok(libc::WEXITSTATUS(status))
    } else {
        Err(libc::WTERMSIG(status))
    }
}

/// Whether the calling thread is the only one of this process.
pub(super) fn only_thread() -> bool {
    fs::read_dir("/proc/self/task").expect("/proc").count() == 1
}

fn call_and_unload(kernel: &'static Kernel) {
    assert_eq!(counter::count().must(), 3, "the child's own copy");
    // This loads a module, and calls one through another.
    assert_eq!(relay::relay().must(), 4);
    kernel.unload("relay").must();
}

/// Without other threads, everything works in both processes.
pub(super) fn parent_and_child_both_go_on(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    counter::count().must();
    for _ in 0..2 {
        let ended = in_child(|| {
            call_and_unload(kernel);
            kernel.unload("counter").must();
            assert!(!mapped("counter"));
            assert_eq!(counter::count().must(), 1);
            0
        });
        assert_eq!(ended, Ok(0));
    }
    assert_eq!(counter::peek(), 2, "the parent's");
    kernel.unload("counter").must();
}

/// Threads that were in calls do not exist in the child, but their calls count there forever.
pub(super) fn calls_of_other_threads_count_forever_in_the_child(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    counter::count().must();
    threads::start(Start::Holding).must();
    let (inside, is_inside) = mpsc::channel();
    let (leave, may_leave) = mpsc::channel::<()>();
    let caller = thread::spawn(move || {
        counter::during(&mut || {
            inside.send(()).expect("the scenario waits");
            may_leave.recv().expect("the scenario says when");
        })
    });
    is_inside.recv().expect("the caller");
    let ended = in_child(|| {
        assert!(only_thread());
        call_and_unload(kernel);
        for _ in 0..2 {
            let busy = kernel
                .unload("counter")
                .expect_err("a call of the parent's");
            assert!(matches!(busy, UnloadError::Busy { .. }), "{busy}");
            let held = kernel
                .unload("threads")
                .expect_err("a thread of the parent's");
            assert!(matches!(held, UnloadError::Threads { .. }), "{held}");
        }
        assert_eq!(counter::count().must(), 5, "it can still be called");
        0
    });
    assert_eq!(ended, Ok(0));
    leave.send(()).expect("the caller waits");
    assert!(caller.join().expect("no panic"));
    kernel.unload("counter").must();
    threads::stop().must();
    kernel.unload("threads").must();
}

/// A load by another thread never ends in the child; everything else works.
pub(super) fn a_load_of_another_thread_never_ends_in_the_child(kernel: &'static Kernel, _: &str) {
    let (inside, is_inside) = mpsc::channel();
    let (leave, may_leave) = mpsc::channel::<()>();
    plan::errand("counter load", move || {
        inside.send(()).expect("the scenario waits");
        may_leave.recv().expect("the scenario says when");
    });
    let loader = thread::spawn(|| counter::count().must());
    is_inside.recv_timeout(plan::PATIENCE).expect("the loader");
    let ended = in_child(|| {
        assert_eq!(clingy::cling_peek().must(), 0, "another module loads");
        assert_eq!(state(kernel, "counter"), "loading");
        kernel.unload("clingy").must();
        0
    });
    assert_eq!(ended, Ok(0));
    let ended = in_child(|| {
        // SAFETY: `alarm` takes a number. Its signal ends the process, which would wait forever.
        unsafe { libc::alarm(1) };
        counter::count().map_or(1, |_| 0)
    });
    assert_eq!(ended, Err(libc::SIGALRM));
    leave.send(()).expect("the loader waits");
    assert_eq!(loader.join().expect("no panic"), 1);
    kernel.unload("counter").must();
}
