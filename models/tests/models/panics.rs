//! A module that panicked, and is replaced by the next call.

use std::panic::catch_unwind;

use dlkm_models::{Bounds, check, thread, world};

use crate::world::{ANSWER, REFUSES, p};

#[test]
fn calls_after_a_panic_get_a_fresh_module() {
    check("call | call, after a panic", Bounds::stops(1), || {
        let kernel = world::boot();
        kernel.load("p").unwrap();
        REFUSES.set(true);
        catch_unwind(|| p::once(1)).unwrap_err();
        let call = |who| match p::once(who) {
            Ok(answer) => assert_eq!(answer, ANSWER),
            // The other call was in flight.
            Err(error) => assert!(error.to_string().contains("busy"), "{error}"),
        };
        let other = thread::spawn(move || call(2));
        call(1);
        other.join();
        assert_eq!(world::in_flight("p"), 0);
        assert_eq!(p::once(1).unwrap(), ANSWER);
        kernel.unload("p").unwrap();
    });
}
