//! Wakers that a module keeps.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Wake, Waker};

use dlkm_rt::Kernel;
use scenario_async_api::{courier, relay};

use super::{held, threads, unloads};

#[derive(Default)]
struct Count(AtomicU64);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Polls a future twice with one waker and drops it.
fn poll_twice<F: Future>(future: F, waker: &Waker) {
    let mut future = Box::pin(future);
    for _ in 0..2 {
        let poll = future.as_mut().poll(&mut Context::from_waker(waker));
        assert!(poll.is_pending());
    }
}

pub(super) fn a_host_waker_crosses_unchanged(kernel: &'static Kernel) {
    let count = Arc::new(Count::default());
    poll_twice(courier::linger(), &Waker::from(Arc::clone(&count)));
    assert_eq!(courier::kept().expect("is loaded"), (2, 1), "the same one");
    courier::wake_kept().expect("is loaded");
    assert_eq!(count.0.load(Ordering::Relaxed), 2);
    assert_eq!(Arc::strong_count(&count), 3);
    courier::drop_kept().expect("is loaded");
    assert_eq!(Arc::strong_count(&count), 1);
    unloads(kernel, "courier");
}

/// The waker is the host's code, so the module that it came through does not matter.
pub(super) fn a_host_waker_does_not_hold_modules_it_passed(kernel: &'static Kernel) {
    let count = Arc::new(Count::default());
    poll_twice(relay::linger(), &Waker::from(Arc::clone(&count)));
    assert_eq!(courier::kept().expect("is loaded"), (2, 1), "the same one");
    assert_eq!(Arc::strong_count(&count), 3, "two that are kept");
    unloads(kernel, "relay");
    courier::wake_kept().expect("is loaded");
    assert_eq!(count.0.load(Ordering::Relaxed), 2);
    courier::drop_kept().expect("is loaded");
    unloads(kernel, "courier");
}

pub(super) fn a_module_waker_holds_its_module(kernel: &'static Kernel) {
    relay::poll_lingering(5, false).expect("is loaded");
    assert_eq!(
        courier::kept().expect("is loaded"),
        (5, 1),
        "the same one each time"
    );
    assert_eq!(relay::woken().expect("is loaded"), (0, 1));
    held(kernel, "relay", 1);
    courier::wake_kept().expect("is loaded");
    assert_eq!(relay::woken().expect("is loaded"), (5, 1));
    courier::drop_kept().expect("is loaded");
    assert_eq!(relay::woken().expect("is loaded"), (5, 0));
    unloads(kernel, "relay");

    relay::poll_lingering(5, true).expect("is loaded");
    assert_eq!(
        courier::kept().expect("is loaded"),
        (5, 5),
        "another one each time"
    );
    held(kernel, "relay", 5);
    courier::drop_kept().expect("is loaded");
    assert_eq!(relay::woken().expect("is loaded").1, 0);
    unloads(kernel, "relay");
    unloads(kernel, "courier");
}

/// A waker holds the module whose code it is, and not the module that keeps it.
pub(super) fn a_module_waker_does_not_hold_its_keeper(kernel: &'static Kernel) {
    relay::poll_lingering(1, false).expect("is loaded");
    // The courier is unloaded with the waker in a static, which is never dropped.
    kernel
        .unload("courier")
        .expect("nothing of the courier's is held");
    held(kernel, "relay", 1);
}

/// A waker of tokio that outlives its future, its task and its executor.
pub(super) fn a_waker_outlives_its_task(kernel: &'static Kernel) {
    let runtime = threads();
    runtime.block_on(async {
        let task = tokio::spawn(async { courier::linger().await.expect("is loaded") });
        // The call loads the module if the task has not done so.
        while courier::kept().expect("loads").0 == 0 {
            tokio::task::yield_now().await;
        }
        courier::wake_kept().expect("is loaded");
        task.abort();
        task.await.expect_err("is aborted");
        courier::wake_kept().expect("is loaded");
    });
    drop(runtime);
    courier::wake_kept().expect("is loaded");
    courier::drop_kept().expect("is loaded");
    kernel.unload("courier").expect("nothing is held");
}
