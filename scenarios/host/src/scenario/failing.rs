//! Loads that fail: the error, and that nothing is left behind.

use dlkm_rt::{Cause, Kernel, ModuleRoot};
use scenario_api::{Orders, counter, faulty, heap, left, ring_a, ring_b};

use super::{Must, mapped, says, state};
use crate::plan;

pub(super) fn a_failed_load_hook_leaves_nothing_behind(kernel: &'static Kernel, _: &str) {
    plan::order("faulty load", Orders::Fail);
    let error = faulty::seven().expect_err("its hook fails");
    says(
        &error,
        &[
            "faulty",
            "faulty::seven",
            "load hook failed",
            "No such device",
        ],
    );
    nothing_left(kernel, &error);
}

pub(super) fn a_panic_of_a_load_hook_leaves_nothing_behind(kernel: &'static Kernel, _: &str) {
    plan::order("faulty load", Orders::Panic);
    let error = faulty::seven().expect_err("its hook panics");
    says(
        &error,
        &[
            "faulty",
            "faulty::seven",
            "load hook panicked",
            "faulty load went wrong",
        ],
    );
    nothing_left(kernel, &error);
}

fn nothing_left(kernel: &Kernel, error: &dlkm_rt::LoadError) {
    assert!(matches!(error.cause(), Cause::Hook { .. }));
    assert_eq!(state(kernel, "faulty"), "failed");
    assert!(!mapped("faulty"));
    for needed in ["top", "counter"] {
        assert_eq!(
            state(kernel, needed),
            "unloaded",
            "loaded for `faulty` alone"
        );
        assert!(!mapped(needed));
    }
    let expected = ["counter load", "top load", "faulty load", "counter unload"];
    assert_eq!(plan::notes(), expected);

    plan::order("faulty load", Orders::Succeed);
    let again = faulty::seven().expect_err("a failure is remembered");
    assert_eq!(again.to_string(), error.to_string());
    assert!(plan::notes().is_empty(), "no hook ran");

    kernel.load("faulty").must();
    assert_eq!(faulty::seven().must(), 7, "a load by name tries again");
    assert_eq!(plan::notes(), ["counter load", "top load", "faulty load"]);
    kernel.unload("faulty").must();
    assert_eq!(faulty::seven().must(), 7);
}

pub(super) fn a_missing_dependency_is_named(kernel: &'static Kernel, _: &str) {
    let error = kernel.load("lost").expect_err("it needs what is not there");
    says(&error, &["lost", "nowhere", "nowhere.so"]);
    assert!(matches!(error.cause(), Cause::Dependency { .. }));
    assert!(!mapped("lost"));
}

/// kmod's test detect_loop: the loop is told in full.
pub(super) fn circular_dependencies_are_refused(kernel: &'static Kernel, _: &str) {
    let error = kernel.load("loop-a").expect_err("a circle");
    says(&error, &["loop-a → loop-b → loop-a"]);
    let error = kernel.load("loop-b").expect_err("a circle");
    says(&error, &["loop-b → loop-a → loop-b"]);
    assert!(!mapped("loop-a") && !mapped("loop-b"));
}

/// The load hook of each calls the other's stub.
pub(super) fn a_circle_of_load_hooks_is_refused(kernel: &'static Kernel, _: &str) {
    let error = ring_a::a().expect_err("a circle");
    says(&error, &["ring-a", "ring-a → ring-b → ring-a"]);
    for module in ["ring-a", "ring-b"] {
        assert_eq!(state(kernel, module), "failed");
        assert!(!mapped(module));
    }
    // Only `ring-b` itself is loaded again; the failure that its hook gets is remembered.
    let error = kernel.load("ring-b").expect_err("still a circle");
    says(&error, &["ring-b", "→"]);
}

pub(super) fn a_circle_entered_from_both_ends_does_not_hang(kernel: &'static Kernel, _: &str) {
    plan::order("ring", Orders::Fail); // here: let the two hooks meet
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(ring_a::a);
        let other = scope.spawn(ring_b::b);
        (
            one.join().expect("no panic"),
            other.join().expect("no panic"),
        )
    });
    let errors = [one.expect_err("a circle"), other.expect_err("a circle")];
    for error in &errors {
        says(error, &["→"]);
    }
    for module in ["ring-a", "ring-b"] {
        assert_eq!(state(kernel, module), "failed");
    }
}

/// Calls a strong stub, and prints its error on standard error.
pub(super) fn call_heap(kernel: &'static Kernel, argument: &str) {
    match heap::bytes(3) {
        Ok(bytes) => assert_eq!(bytes, [0, 1, 2]),
        Err(error) => {
            assert!(!mapped("heap"));
            assert!(
                matches!(&*state(kernel, "heap"), "failed" | "absent"),
                "{error}"
            );
            let again = heap::bytes(3).expect_err("remembered").to_string();
            assert_eq!(again, error.to_string());
            if argument != "loads by name" {
                let by_name = kernel.load("heap").expect_err("by name as well");
                let cause = by_name.cause().to_string();
                assert!(error.to_string().contains(&cause), "{by_name}");
            }
            eprintln!("{error}");
        }
    }
}

pub(super) fn with_other_writers(root: ModuleRoot) {
    Kernel::boot(root.allow_other_writers()).expect("the first kernel");
    assert_eq!(heap::bytes(3).must(), [0, 1, 2]);
}

/// Where there is no `/proc`. Prints the error on standard error.
pub(super) fn without_proc(_: &'static Kernel, _: &str) {
    let error = heap::bytes(3).expect_err("an image is opened through /proc");
    assert!(matches!(error.cause(), Cause::Proc { .. }), "{error}");
    assert!(error.file().is_some());
    eprintln!("{error}");
}

pub(super) fn call_counter(_: &'static Kernel, _: &str) {
    let error = counter::count().expect_err("an image that does not fit");
    assert!(!mapped("counter"));
    eprintln!("{error}");
}

/// The module has no `peek` and no `keep`: those calls return their fallback or fail, and all
/// others work.
pub(super) fn call_first_counter(kernel: &'static Kernel, _: &str) {
    assert_eq!(counter::peek(), 0, "not loaded");
    let missing = || {
        let error = counter::keep().expect_err("the module has no `keep`");
        assert!(matches!(error.cause(), Cause::MissingFunction { .. }));
        error
    };
    missing();
    assert_eq!(counter::count().expect("the module has it"), 1);
    assert_eq!(counter::peek(), 0, "the module has no `peek`");
    let text = missing().to_string();
    let busy = counter::during(&mut || {
        kernel.unload("counter").expect_err("a call is in flight");
        // The unload was refused: nothing has changed.
        assert_eq!(counter::peek(), 0);
        assert_eq!(counter::count().expect("still loaded"), 2);
        assert_eq!(missing().to_string(), text);
    });
    assert!(busy);
    kernel.unload("counter").expect("`keep` pinned nothing");
    assert_eq!(counter::peek(), 0, "not loaded again");
    let error = std::io::Error::from(missing());
    assert_eq!(error.kind(), std::io::ErrorKind::Unsupported);
    eprintln!("{text}");
}

pub(super) fn call_left(_: &'static Kernel, _: &str) {
    let error = left::left().expect_err("the module is ambiguous");
    eprintln!("{error}");
}
