//! Values that carry code of a module and keep it loaded.

use std::error::Error;
use std::panic::{self, AssertUnwindSafe};

use dlkm_rt::{Kept, Kernel, UnloadError};
use scenario_api::{Orders, keeper, registry, relay, subscriber};

use super::{Must, mapped, says, state, stays_mapped};
use crate::{plan, registry as callbacks};

#[track_caller]
fn refused(kernel: &Kernel, module: &str, values: usize) {
    let error = kernel.unload(module).expect_err("values are held");
    says(
        &error,
        &[module, &format!("{values} of its values"), "drop them"],
    );
    assert!(matches!(error, UnloadError::Held { .. }), "{error:?}");
    assert_eq!(state(kernel, module), "loaded");
}

pub(super) fn held_values_keep_their_module(kernel: &'static Kernel, _: &str) {
    let mut walk = keeper::walk(7).must();
    refused(kernel, "keeper", 1);
    assert_eq!((walk.step(), walk.step()), (8, 9));

    let add = keeper::adder(3).must();
    let double = keeper::double().must();
    let motto = keeper::motto().must();
    refused(kernel, "keeper", 4);
    assert_eq!(add(double(5)), 13);
    assert_eq!(motto.len(), 21);
    assert_eq!(motto.to_string(), "keep what you promise");
    assert!(motto.ends_with("promise"));

    let mut sum = 0;
    for number in keeper::numbers(4).must() {
        sum += number;
    }
    assert_eq!(sum, 6);
    let numbers = keeper::numbers(10).must();
    assert_eq!(numbers.size_hint(), (10, Some(10)));
    assert_eq!(numbers.filter(|number| number % 2 == 1).count(), 5);

    drop((walk, add, double));
    refused(kernel, "keeper", 1);
    drop(motto);
    kernel.unload("keeper").must();
    assert_eq!(mapped("keeper"), stays_mapped(kernel, "keeper"));
    assert_eq!(keeper::walk(1).must().step(), 2, "and once more");
    kernel.unload("keeper").must();
}

pub(super) fn held_errors_keep_their_module(kernel: &'static Kernel, _: &str) {
    let error = keeper::measure("/no/such/file").expect_err("it is not there");
    assert_eq!(error.kind(), std::io::ErrorKind::Other);
    says(&error, &["an error of the module's own"]);
    let inner = error.get_ref().expect("boxed").source().expect("has one");
    says(inner, &["No such file"]);
    refused(kernel, "keeper", 1);
    drop(error);

    fn further() -> Result<(), Box<dyn Error>> {
        keeper::fail()?;
        Ok(())
    }
    let error = further().expect_err("always");
    refused(kernel, "keeper", 1);
    let chain = error.source().expect("has one");
    says(chain, &["the very inside"]);
    drop(error);
    kernel.unload("keeper").must();
}

pub(super) fn each_copy_keeps_its_module(kernel: &'static Kernel, _: &str) {
    let motto = keeper::motto().must();
    let copies = vec![motto.clone(); 3];
    drop(motto);
    refused(kernel, "keeper", 3);
    assert!(copies.iter().all(|copy| copy.starts_with("keep")));
    drop(copies);
    kernel.unload("keeper").must();
}

/// A value may be dropped last, and by another thread than the one that received it.
pub(super) fn a_held_value_may_be_dropped_in_another_thread(kernel: &'static Kernel, _: &str) {
    for round in 0..200 {
        let add = keeper::adder(round).must();
        let thread = std::thread::spawn(move || {
            let sum = add(1);
            drop(add);
            sum
        });
        // The unload comes before the drop or after it, but never in the middle.
        match kernel.unload("keeper") {
            Ok(()) | Err(UnloadError::Held { .. }) => {}
            Err(other) => panic!("{other}"),
        }
        assert_eq!(thread.join().expect("no panic"), round + 1);
    }
    if state(kernel, "keeper") == "loaded" {
        kernel.unload("keeper").must();
    }
}

pub(super) fn a_drop_that_panics_releases_its_module(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    for round in 0..2 {
        let grave = keeper::grave().must();
        let caught = panic::catch_unwind(AssertUnwindSafe(|| drop(grave)));
        let payload = caught.expect_err("it panics");
        let text = payload.downcast::<String>().expect("the host's own String");
        for part in ["`keeper`", "`Held::drop`", "not yet"] {
            assert!(text.contains(part), "round {round}: {text}");
        }
        kernel.unload("keeper").must();
    }
    assert!(!std::thread::panicking());
}

/// Values that unwinding drops.
pub(super) fn unwinding_releases_held_values(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    let caught = panic::catch_unwind(|| {
        let mut walk = keeper::walk(1).must();
        assert_eq!(walk.step(), 0, "the host's own");
    });
    let text = caught
        .expect_err("it panics")
        .downcast::<String>()
        .expect("ours");
    assert!(text.contains("the host's own"), "{text}");
    kernel.unload("keeper").must();
}

pub(super) fn a_load_hook_may_register_a_callback(kernel: &'static Kernel, _: &str) {
    assert_eq!(subscriber::five().must(), 5);
    assert_eq!(callbacks::call("subscriber", 1), Some(6));
    kernel.unload("subscriber").must();
    assert_eq!(callbacks::call("subscriber", 1), None);
    assert!(!mapped("subscriber"));
    kernel.load("subscriber").must();
    assert_eq!(callbacks::call("subscriber", 2), Some(7));
}

/// Two counts: what the load hook left with the host, and what calls returned.
pub(super) fn a_dropped_callback_hides_no_value(kernel: &'static Kernel, _: &str) {
    let add = subscriber::adding(2).must();
    refused(kernel, "subscriber", 1);
    assert!(registry::unregister("subscriber").must());
    refused(kernel, "subscriber", 1);
    assert_eq!(add(5), 7);
    let more = subscriber::adding(3).must();
    refused(kernel, "subscriber", 2);
    drop((add, more));
    kernel.unload("subscriber").must();
    assert!(!mapped("subscriber"));
}

/// Why the kernel keeps the code of `subscriber`, which is not loaded.
fn kept(kernel: &Kernel) -> Option<Kept> {
    let all = kernel.modules();
    all.iter().find(|one| one.name() == "subscriber")?.kept()
}

pub(super) fn a_callback_of_a_failed_load_keeps_the_code(kernel: &'static Kernel, _: &str) {
    plan::order("subscriber load", Orders::Fail);
    assert!(subscriber::five().is_err());
    assert_eq!(state(kernel, "subscriber"), "failed");
    assert_eq!(kept(kernel), Some(Kept::Values(1)));
    kernel.finish_retired();
    assert_eq!(callbacks::call("subscriber", 1), Some(6), "still there");
    assert!(registry::unregister("subscriber").must());
    kernel.finish_retired();
    assert_eq!(kept(kernel), None);
    assert!(!mapped("subscriber"), "nothing holds it any more");
}

pub(super) fn a_callback_left_behind_keeps_the_code(kernel: &'static Kernel, _: &str) {
    plan::order("subscriber unload", Orders::Fail);
    assert_eq!(subscriber::five().must(), 5);
    kernel.unload("subscriber").must();
    assert_eq!(state(kernel, "subscriber"), "unloaded");
    assert!(mapped("subscriber"), "its callback is still with the host");
    assert_eq!(kept(kernel), Some(Kept::Values(1)));
    assert_eq!(callbacks::call("subscriber", 1), Some(6));
    assert_eq!(subscriber::five().must(), 5);
}

/// The message of a panic of the host's own std.
#[track_caller]
fn message<T>(body: impl FnOnce() -> T) -> String {
    let caught = panic::catch_unwind(AssertUnwindSafe(body));
    let payload = caught.err().expect("it panics");
    *payload.downcast().expect("the host's own String")
}

pub(super) fn a_panic_of_a_held_object_arrives_in_its_caller(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    let mut one = keeper::stumbler().must();
    for round in 1..=3 {
        let text = message(|| one.stumble("over a stone"));
        assert_eq!(text, "module `keeper` panicked: over a stone");
        assert_eq!(one.left(), (true, round), "the module's frames unwound");
    }
    assert!(!std::thread::panicking());
    assert_eq!(one.recover("and up"), "and up", "its own catch comes first");

    let add = keeper::adder(u64::MAX).must();
    assert_eq!(add(0), u64::MAX);
    assert_eq!(message(|| add(1)), "module `keeper` panicked: a small sum");

    // In a thread of the host, which std catches.
    let thread = std::thread::spawn(move || one.stumble("far away"));
    let payload = thread.join().expect_err("it panics");
    let text = payload.downcast::<String>().expect("the host's own String");
    assert_eq!(*text, "module `keeper` panicked: far away");
    refused(kernel, "keeper", 1);
    drop(add);
    kernel.unload("keeper").must();
    assert_eq!(mapped("keeper"), stays_mapped(kernel, "keeper"));
}

/// Host, module, host, module, host.
pub(super) fn a_panic_of_a_held_object_passes_frames_of_both(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    let outer = keeper::stumbler().must();
    let mut inner = keeper::stumbler().must();
    // The frame in the middle catches it.
    let mut text = String::new();
    outer.within(&mut || text = message(|| inner.stumble("in between")));
    assert_eq!(text, "module `keeper` panicked: in between");
    // The outermost one does.
    let text = message(|| {
        outer.within(&mut || {
            inner.stumble("all the way");
        })
    });
    assert_eq!(text, "module `keeper` panicked: all the way");
    // The host's own panic, unchanged.
    let caught = panic::catch_unwind(AssertUnwindSafe(|| {
        outer.within(&mut || panic::panic_any(7_u8));
    }));
    assert_eq!(
        caught.expect_err("it panics").downcast_ref::<u8>(),
        Some(&7)
    );
    assert_eq!((outer.left(), inner.left()), ((false, 0), (true, 2)));
    drop((outer, inner));
    kernel.unload("keeper").must();
}

/// The panics of one module that another one catches.
pub(super) fn a_panic_of_a_module_is_caught_in_another(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    for _ in 0..2 {
        let [sheltered, caught] = relay::relay_held().must();
        assert_eq!(sheltered, "module `relay` panicked: the relay's own");
        assert_eq!(caught, "module `keeper` panicked: over the relay");
        kernel.unload("relay").must();
        kernel.unload("keeper").must();
    }
}
