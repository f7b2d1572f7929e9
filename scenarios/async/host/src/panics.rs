//! Panics in polls and in the drop of a future.

use std::panic::{self, AssertUnwindSafe};

use dlkm_rt::Kernel;
use scenario_async_api::{Lost, Moment, courier, meek, proud, relay};
use tokio::sync::oneshot;

use super::completing::futures_once;
use super::{thread, threads};

/// Prints no panic that a scenario causes on purpose.
fn quiet() {
    let meant = ["module `", "the host's own"];
    panic::set_hook(Box::new(move |info| {
        let text = info.payload_as_str().unwrap_or_default();
        if !meant.iter().any(|start| text.starts_with(start)) {
            eprintln!("{info}");
        }
    }));
}

/// The host's own `String`.
#[track_caller]
fn text(payload: Box<dyn std::any::Any + Send>) -> String {
    *payload.downcast::<String>().expect("the host's own text")
}

pub(super) fn a_panic_in_a_poll_reaches_the_task(kernel: &'static Kernel) {
    quiet();
    let expected = "module `courier`, function `courier::panics` panicked: half way";
    for runtime in [thread(), threads()] {
        runtime.block_on(async {
            for _ in 0..3 {
                let task = tokio::spawn(courier::panics(Moment::Poll));
                let error = task.await.expect_err("it panics");
                assert_eq!(text(error.into_panic()), expected);
            }
        });
        // The panic dropped the future.
        kernel.unload("courier").expect("nothing is held");
        let caught = panic::catch_unwind(|| runtime.block_on(courier::panics(Moment::Poll)));
        assert_eq!(text(caught.expect_err("it panics")), expected);
        kernel.unload("courier").expect("nothing is held");
    }
}

pub(super) fn a_panic_in_a_drop_reaches_the_task(kernel: &'static Kernel) {
    quiet();
    thread().block_on(async {
        let mut future = Box::pin(courier::panics(Moment::Drop));
        for _ in 0..2 {
            assert!(futures_once(&mut future).await.is_none());
        }
        let caught = panic::catch_unwind(AssertUnwindSafe(|| drop(future)));
        let expected = "module `courier`, function `courier::panics` panicked: dropped half way";
        assert_eq!(text(caught.expect_err("it panics")), expected);
    });
    kernel.unload("courier").expect("nothing is held");
    threads().block_on(async {
        let (polled, until) = oneshot::channel();
        let task = tokio::spawn(async {
            let mut future = Box::pin(courier::panics(Moment::Drop));
            for _ in 0..2 {
                assert!(futures_once(&mut future).await.is_none());
            }
            polled.send(()).expect("the scenario waits");
            future.await
        });
        until.await.expect("no panic yet");
        task.abort();
        let payload = task.await.expect_err("it panics").into_panic();
        assert!(text(payload).ends_with("panicked: dropped half way"));
    });
    kernel.unload("courier").expect("nothing is held");
    assert!(!std::thread::panicking());
}

/// The panic passes from the courier to the relay, and from there to the host.
pub(super) fn a_panic_passes_through_a_module(kernel: &'static Kernel) {
    quiet();
    threads().block_on(async {
        let task = tokio::spawn(relay::panics());
        let text = text(task.await.expect_err("it panics").into_panic());
        let (relay, courier) = ("`relay::panics` panicked", "`courier::panics` panicked");
        assert!(text.contains(relay) && text.contains(courier), "{text}");
    });
    kernel.unload("relay").expect("nothing is held");
    kernel.unload("courier").expect("nothing is held");
}

/// The caller's own panic passes through.
pub(super) fn a_panic_of_the_callback_passes_unchanged(kernel: &'static Kernel) {
    quiet();
    let caught = panic::catch_unwind(|| {
        let each = |number| match number {
            4 => panic!("the host's own"),
            other => other,
        };
        thread().block_on(courier::ask(&each, 3))
    });
    let payload = caught.expect_err("it panics");
    let text = payload.downcast::<&str>().expect("as it was");
    assert_eq!(*text, "the host's own");
    kernel.unload("courier").expect("nothing is held");
}

pub(super) fn a_panic_becomes_an_error(kernel: &'static Kernel) {
    quiet();
    thread().block_on(async {
        for polls in [1, 2] {
            let Err(Lost(text)) = meek::dare(polls).await else {
                panic!("it panics");
            };
            assert!(text.contains(&format!("after {polls}")), "{text}");
            assert!(text.contains("`meek::dare`"), "{text}");
        }
    });
    kernel.unload("courier").expect("nothing is held");
}

pub(super) fn a_module_that_panicked_is_loaded_afresh(kernel: &'static Kernel) {
    quiet();
    kernel.load("courier").expect("is there");
    threads().block_on(async {
        assert_eq!(proud::dare(false).await, Ok(1));
        assert_eq!(proud::dare(false).await, Ok(2));
        let task = tokio::spawn(proud::dare(true));
        let text = text(task.await.expect_err("it panics").into_panic());
        assert!(text.contains("`proud::dare` panicked: call 3"), "{text}");
        // The module is loaded again. Its statics are fresh if the system unmapped the file.
        assert!(proud::dare(false).await.is_ok());
    });
    kernel.unload("relay").expect("nothing is held");
}
