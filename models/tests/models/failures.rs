//! Failures that stubs repeat.

use dlkm_models::{Bounds, check, thread, world};

use crate::world::{ANSWER, REFUSES, f};

#[test]
fn a_failure_is_repeated_until_a_load_by_name() {
    check("failing call | failing call", Bounds::stops(2), || {
        let kernel = world::boot();
        REFUSES.set(true);
        let fails = || {
            let error = f::try_it().unwrap_err();
            assert_eq!(error.module(), "f");
        };
        let other = thread::spawn(move || {
            fails();
            fails();
        });
        fails();
        other.join();
        REFUSES.set(false);
        kernel.load("f").unwrap();
        assert_eq!(f::try_it().unwrap(), ANSWER);
        kernel.unload("f").unwrap();
    });
}

#[test]
fn a_load_that_succeeds_ends_the_failure() {
    check(
        "call after a failure | load by name",
        Bounds::stops(2),
        || {
            let kernel = world::boot();
            REFUSES.set(true);
            f::try_it().unwrap_err();
            REFUSES.set(false);
            let caller = thread::spawn(|| f::try_it().map_err(|error| error.to_string()));
            kernel.load("f").unwrap();
            assert!(matches!(caller.join(), Ok(ANSWER) | Err(_)));
            // No stub repeats the failure once the load is over.
            assert_eq!(f::try_it().unwrap(), ANSWER);
            kernel.unload("f").unwrap();
        },
    );
}
