//! Futures that complete.

use std::sync::atomic::{AtomicU64, Ordering};

use dlkm_rt::Kernel;
use scenario_async_api::{Lost, courier, nobody, porter, relay};
use tokio::task::JoinSet;

use super::{held, is_loaded, thread, threads, unloads};

async fn carried() {
    for polls in [1, 2, 50] {
        let parcel = courier::carry("a letter".to_owned(), polls).await;
        assert_eq!(parcel.as_deref(), Ok("a letter, carried"));
    }
    let lost = courier::carry(String::new(), 2).await;
    assert_eq!(lost, Err(Lost("nothing to carry".to_owned())));
    assert_eq!(courier::length("text").await, Some(4));
}

pub(super) fn a_future_completes_in_one_thread(kernel: &'static Kernel) {
    thread().block_on(carried());
    unloads(kernel, "courier");
    thread().block_on(carried());
    unloads(kernel, "courier");
}

pub(super) fn a_future_completes_in_many_threads(kernel: &'static Kernel) {
    let runtime = threads();
    runtime.block_on(async {
        carried().await;
        let tasks: Vec<_> = (0..8).map(|_| tokio::spawn(carried())).collect();
        for task in tasks {
            task.await.expect("no panic");
        }
    });
    // A future that has completed holds nothing.
    kernel.unload("courier").expect("nothing is held");
    runtime.block_on(carried());
}

pub(super) fn a_thousand_futures_complete_at_once(kernel: &'static Kernel) {
    threads().block_on(async {
        let mut tasks = JoinSet::new();
        for number in 0..1000 {
            tasks.spawn(courier::carry(number.to_string(), number % 7));
        }
        let mut parcels = tasks.join_all().await;
        parcels.sort_by_key(|parcel| parcel.as_ref().map(String::len).ok());
        assert!(parcels.iter().all(Result::is_ok));
        assert_eq!(parcels.len(), 1000);

        let mut tasks = JoinSet::new();
        for _ in 0..1000 {
            tasks.spawn(courier::gate());
        }
        // Each task that was polled has left a waker.
        let mut woken = 0;
        while woken < 1000 {
            tokio::task::yield_now().await;
            woken += courier::open().expect("is loaded");
            if tasks.try_join_next().is_some() {
                break;
            }
        }
        while let Some(polls) = tasks.join_next().await {
            assert!(polls.expect("no panic").expect("is loaded") <= 2);
        }
    });
    kernel.unload("courier").expect("nothing is held");
}

pub(super) fn a_future_may_borrow_its_arguments(kernel: &'static Kernel) {
    thread().block_on(async {
        let data = vec![1, 2, 3];
        assert_eq!(courier::sum(&data).await.expect("is loaded"), 6);

        let mut texts = vec!["one".to_owned()];
        let more = ["two".to_owned(), "three".to_owned()];
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        let last = courier::fill(&mut texts, &more).await.expect("is loaded");
        drop(more);
        assert_eq!(last, "three");
        assert_eq!(texts, ["one", "two", "three"]);

        let calls = AtomicU64::new(0);
        let each = |number| {
            calls.fetch_add(1, Ordering::Relaxed);
            10 * number
        };
        assert_eq!(courier::ask(&each, 3).await.expect("is loaded"), 70);
        assert_eq!(calls.into_inner(), 2);
    });
    unloads(kernel, "courier");
}

pub(super) fn a_module_may_await_a_module(kernel: &'static Kernel) {
    threads().block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..100 {
            tasks.spawn(relay::send("a letter".to_owned()));
        }
        for parcel in tasks.join_all().await {
            assert_eq!(parcel.as_deref(), Ok("a letter, carried, carried"));
        }
        assert!(relay::send(String::new()).await.is_err());
    });
    kernel.unload("relay").expect("nothing is held");
    kernel.unload("courier").expect("nothing is held");
}

pub(super) fn a_missing_module_is_an_error_or_the_fallback(_: &'static Kernel) {
    thread().block_on(async {
        let Err(Lost(text)) = nobody::come().await else {
            panic!("there is no such module");
        };
        assert!(text.contains("`nobody::come`"), "{text}");
        assert_eq!(nobody::length("text").await, None);
        assert_eq!(nobody::twice(4).await, 4);
    });
}

pub(super) fn a_weak_stub_awaits_a_loaded_module_only(kernel: &'static Kernel) {
    thread().block_on(async {
        assert_eq!(courier::twice(4).await, 4);
        assert!(!is_loaded(kernel, "courier"));
        kernel.load("courier").expect("is there");
        assert_eq!(courier::twice(4).await, 8);
        let mut waiting = Box::pin(courier::twice(4));
        assert!(futures_once(&mut waiting).await.is_none());
        held(kernel, "courier", 1);
        assert_eq!(waiting.await, 8);
        unloads(kernel, "courier");
        assert_eq!(courier::twice(4).await, 4);
    });
}

pub(super) fn a_load_only_module_stays(kernel: &'static Kernel) {
    thread().block_on(async {
        let parcel = porter::carry("a trunk").await.expect("is there");
        assert_eq!(parcel, "a trunk, for good");
    });
    kernel.unload("porter").expect_err("it stays");
}

/// Polls once. Returns the result if the future completes.
pub(crate) async fn futures_once<F: Future + Unpin>(future: &mut F) -> Option<F::Output> {
    use std::pin::Pin;
    use std::task::Poll;
    std::future::poll_fn(|context| {
        Poll::Ready(match Pin::new(&mut *future).poll(context) {
            Poll::Ready(output) => Some(output),
            Poll::Pending => None,
        })
    })
    .await
}
