//! What an interface declares to happen after a panic.

use std::panic;
use std::sync::mpsc;

use dlkm_rt::{Cause, Kernel};
use scenario_api::{forgiving, fragile};

use super::{Must, mapped, says, state};
use crate::plan;

fn caught(limit: u64) -> String {
    let payload = panic::catch_unwind(|| fragile::count_to(limit)).expect_err("it panics");
    *payload.downcast::<String>().expect("the host's own String")
}

pub(super) fn a_module_that_panicked_is_loaded_afresh(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    assert_eq!(fragile::count_to(9).must(), 1);
    assert_eq!(fragile::count_to(9).must(), 2);
    let text = caught(3);
    assert!(
        text.contains("`fragile::count_to` panicked: 3 is too much"),
        "{text}"
    );
    assert_eq!(plan::notes(), ["fragile load"]);
    // The module is not called again, but stays until the next call.
    assert_eq!(fragile::so_far(), 0, "a weak stub falls back");
    assert_eq!(state(kernel, "fragile"), "loaded");
    assert_eq!(fragile::count_to(9).must(), 1, "loaded afresh");
    assert_eq!(plan::notes(), ["fragile unload", "fragile load"]);
    assert_eq!(fragile::so_far(), 1);
    // An unload by name works as well.
    caught(2);
    kernel.unload("fragile").must();
    assert!(!mapped("fragile"));
    assert_eq!(fragile::count_to(9).must(), 1);
}

/// A thread is in the module while a call of another thread panics.
pub(super) fn a_module_that_panicked_goes_when_all_calls_have_returned(
    _: &'static Kernel,
    _: &str,
) {
    panic::set_hook(Box::new(|_| {}));
    let (inside, is_inside) = mpsc::channel();
    let (go, may_go) = mpsc::channel();
    let thread = std::thread::spawn(move || {
        fragile::around(&mut || {
            inside.send(()).expect("the scenario waits");
            may_go.recv().expect("the scenario sends");
        })
    });
    is_inside.recv().expect("the thread runs");
    caught(1);
    for _ in 0..3 {
        let error = fragile::count_to(9).expect_err("it is not to be called again");
        says(
            &error,
            &[
                "`fragile`",
                "it panicked (1 is too much)",
                "busy",
                "`fragile::count_to`",
            ],
        );
        assert!(matches!(error.cause(), Cause::Distrusted { .. }));
        assert!(!fragile::around(&mut || panic!("not called")));
    }
    go.send(()).expect("the thread waits");
    assert!(thread.join().expect("no panic"));
    assert_eq!(fragile::count_to(9).must(), 1);
}

/// A thread that is in a call of the module makes another, which panics, and then calls a
/// `#[stub]`. That must not unload the module under the outer call.
pub(super) fn a_module_that_panicked_stays_around_a_call(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    let ran = fragile::around(&mut || {
        caught(1);
        for error in [fragile::pin(), fragile::count_to(9)] {
            says(&error.expect_err("it is in use"), &["it panicked", "busy"]);
        }
        assert!(mapped("fragile"));
    });
    assert!(ran);
    assert_eq!(fragile::pin().must(), 0, "loaded afresh");
    assert!(kernel.unload("fragile").is_err(), "and pinned");
}

/// Many threads call, and every tenth call panics: each call ends in a count, in a panic, or in an
/// error with the reason.
pub(super) fn under_fire_each_call_ends_as_it_may(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    let threads: Vec<_> = (0..4)
        .map(|_| {
            std::thread::spawn(|| {
                let mut counted = 0;
                for _ in 0..500 {
                    match panic::catch_unwind(|| fragile::count_to(10)) {
                        Ok(Ok(count)) => {
                            assert!(count < 10);
                            counted += 1;
                        }
                        Ok(Err(error)) => says(&error, &["is too much"]),
                        Err(payload) => assert!(payload.is::<String>()),
                    }
                }
                counted
            })
        })
        .collect();
    let counted: u32 = threads
        .into_iter()
        .map(|one| one.join().expect("caught"))
        .sum();
    assert!(counted > 0);
    // No call is left in flight: an unload by name finds the module empty.
    assert!(fragile::count_to(1000).is_ok());
    kernel.unload("fragile").must();
}

pub(super) fn a_panic_becomes_an_error_or_the_fallback(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    assert_eq!(forgiving::byte(&[7], 0), 0, "not loaded");
    assert_eq!(forgiving::divide(6, 3).must(), 2);
    let error = forgiving::divide(1, 0).expect_err("it panics");
    says(
        &error,
        &[
            "module `forgiving`",
            "`forgiving::divide` panicked",
            "divide by zero",
        ],
    );
    assert!(matches!(error.cause(), Cause::Panicked { .. }));
    assert_eq!(error.function(), Some("forgiving::divide"));

    let mut text = String::new();
    assert_eq!(forgiving::append(&mut text, 2, 'x'), 16);
    text.clear();
    assert_eq!(
        forgiving::append(&mut text, 100, 'x'),
        100,
        "the fallback's"
    );
    assert_eq!(text, "so far so good!x", "it got what the module left");

    assert_eq!(forgiving::byte(&[7], 0), 7);
    assert_eq!(forgiving::byte(&[7], 1), 0);
    kernel.unload("forgiving").must();
}
