//! Futures that are dropped before they complete, and futures that move.

use std::time::Duration;

use dlkm_rt::Kernel;
use scenario_async_api::courier;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::completing::futures_once;
use super::{held, is_loaded, thread, threads, unloads};

/// A future that is never polled does nothing: it loads no module, and holds none.
pub(super) fn an_unpolled_future_loads_nothing(kernel: &'static Kernel) {
    drop(courier::gate());
    let unpolled = courier::carry("a letter".to_owned(), 1);
    assert!(!is_loaded(kernel, "courier"));
    kernel.load("courier").expect("is there");
    unloads(kernel, "courier");
    let parcel = thread().block_on(unpolled);
    assert_eq!(
        parcel.as_deref(),
        Ok("a letter, carried"),
        "loaded by the first poll"
    );
}

pub(super) fn a_future_dropped_half_way_releases_its_module(kernel: &'static Kernel) {
    thread().block_on(async {
        let mut one = Box::pin(courier::gate());
        let mut two = Box::pin(courier::carry("a letter".to_owned(), 3));
        assert!(futures_once(&mut one).await.is_none());
        held(kernel, "courier", 1);
        assert!(futures_once(&mut two).await.is_none());
        held(kernel, "courier", 2);
        drop(one);
        held(kernel, "courier", 1);
        assert!(futures_once(&mut two).await.is_none());
        assert!(futures_once(&mut two).await.is_some());
        // The future has completed, and holds nothing although it still exists.
        unloads(kernel, "courier");
        drop(two);
    });
}

pub(super) fn a_timeout_releases_the_module(kernel: &'static Kernel) {
    for runtime in [thread(), threads()] {
        runtime.block_on(async {
            let short = Duration::from_millis(5);
            timeout(short, courier::gate())
                .await
                .expect_err("the gate is closed");
            tokio::select! {
                biased;
                _ = courier::gate() => panic!("the gate is closed"),
                parcel = courier::carry("a letter".to_owned(), 4) => {
                    assert_eq!(parcel.as_deref(), Ok("a letter, carried"));
                }
            }
            let mut gate = Box::pin(courier::gate());
            tokio::select! {
                _ = &mut gate => panic!("the gate is closed"),
                () = tokio::time::sleep(short) => {}
            }
            held(kernel, "courier", 1);
            drop(gate);
        });
        kernel.unload("courier").expect("nothing is held");
    }
}

pub(super) fn an_aborted_task_releases_the_module(kernel: &'static Kernel) {
    let runtime = threads();
    runtime.block_on(async {
        kernel.load("courier").expect("is there");
        let task = tokio::spawn(async { courier::linger().await.expect("is loaded") });
        while courier::kept().expect("is loaded").0 == 0 {
            tokio::task::yield_now().await;
        }
        held(kernel, "courier", 1);
        task.abort();
        assert!(task.await.expect_err("is aborted").is_cancelled());
        kernel.unload("courier").expect("nothing is held");
    });
    // Tasks that end with their runtime.
    runtime.block_on(async {
        for _ in 0..10 {
            tokio::spawn(courier::linger());
        }
        while courier::kept().expect("loads").0 < 10 {
            tokio::task::yield_now().await;
        }
    });
    held(kernel, "courier", 10);
    drop(runtime);
    kernel.unload("courier").expect("nothing is held");
}

/// Futures are polled in one thread; another wakes, polls or drops them.
pub(super) fn a_future_may_move_to_another_thread(kernel: &'static Kernel) {
    let mut gate = Box::pin(courier::gate());
    let mut other = Box::pin(courier::gate());
    thread().block_on(async {
        assert!(futures_once(&mut gate).await.is_none());
        assert!(futures_once(&mut other).await.is_none());
    });
    let there = std::thread::spawn(move || {
        drop(other);
        assert_eq!(courier::open().expect("is loaded"), 2);
        thread().block_on(gate).expect("is loaded")
    });
    assert_eq!(there.join().expect("no panic"), 2, "polls");
    kernel.unload("courier").expect("nothing is held");
}

/// An unload comes before a call's load or after the end of its future, never in between.
pub(super) fn an_unload_never_comes_in_the_middle_of_a_call(kernel: &'static Kernel) {
    let runtime = threads();
    runtime.block_on(async {
        let (done, mut until) = oneshot::channel::<()>();
        let unloader = tokio::task::spawn_blocking(move || {
            let mut unloads = 0_u64;
            while let Err(oneshot::error::TryRecvError::Empty) = until.try_recv() {
                unloads += u64::from(kernel.unload("courier").is_ok());
            }
            unloads
        });
        let mut rounds = 0;
        while rounds < 2_000 {
            let parcel = courier::carry(rounds.to_string(), rounds % 3);
            let parcel = tokio::spawn(parcel).await.expect("no panic");
            assert_eq!(parcel, Ok(format!("{rounds}, carried")));
            rounds += 1;
        }
        drop(done);
        let unloads = unloader.await.expect("no panic");
        assert!(unloads > 0, "of {rounds} rounds");
    });
}
