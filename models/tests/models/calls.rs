//! Calls against an unload: the hold, the slot and the barrier.

use dlkm_models::{Bounds, Heavy, UnloadError, check, thread, world};

use crate::world::{ANSWER, REFUSES, again, at_rest, done_or_busy, m};

/// One call, the thread's first, against an unload.
fn first_call() {
    let kernel = world::boot();
    kernel.load("m").unwrap();
    let unloader = thread::spawn(move || done_or_busy(kernel.unload("m")));
    assert_eq!(m::call(1).unwrap(), ANSWER);
    unloader.join();
    at_rest();
}

#[test]
fn a_first_call_survives_an_unload() {
    check("first call | unload", Bounds::stops(3), first_call);
}

/// A call of a thread whose record is known.
fn later_call() {
    let kernel = world::boot();
    kernel.load("m").unwrap();
    // The caller goes first: stopping it there costs one preemption less.
    let unloader = thread::spawn(move || done_or_busy(kernel.unload("m")));
    assert_eq!(m::call(1).unwrap(), ANSWER);
    assert_eq!(m::call(1).unwrap(), ANSWER);
    unloader.join();
    at_rest();
}

#[test]
fn later_calls_survive_an_unload() {
    check("two calls | unload", Bounds::stops(3), later_call);
}

#[test]
fn later_calls_survive_an_unload_if_stores_move() {
    let bounds = Bounds::stops(3).moved();
    check("two calls | unload, compiler", bounds, later_call);
}

#[test]
fn a_call_survives_two_unloads() {
    check("call | two unloads", Bounds::stops(2), || {
        let kernel = world::boot();
        assert_eq!(m::call(2).unwrap(), ANSWER);
        let caller = thread::spawn(|| m::call(1).unwrap());
        done_or_busy(kernel.unload("m"));
        match kernel.unload("m") {
            Err(UnloadError::NotLoaded { .. }) => {}
            other => _ = done_or_busy(other),
        }
        assert_eq!(caller.join(), ANSWER);
        at_rest();
    });
}

#[test]
fn two_callers_survive_an_unload() {
    check("call | call | unload", Bounds::stops(1), || {
        let kernel = world::boot();
        kernel.load("m").unwrap();
        let one = thread::spawn(|| m::call(1).unwrap());
        let two = thread::spawn(|| m::call(2).unwrap());
        done_or_busy(kernel.unload("m"));
        assert_eq!((one.join(), two.join()), (ANSWER, ANSWER));
        at_rest();
    });
}

#[test]
fn stubs_of_two_crates_share_a_threads_record() {
    check(
        "call, call by other stubs | unload",
        Bounds::stops(2),
        || {
            let kernel = world::boot();
            kernel.load("m").unwrap();
            let caller = thread::spawn(|| {
                assert_eq!(m::call(1).unwrap(), ANSWER);
                again::m::call(1).unwrap()
            });
            done_or_busy(kernel.unload("m"));
            assert_eq!(caller.join(), ANSWER);
            at_rest();
        },
    );
}

#[test]
fn a_weak_call_reaches_the_module_or_the_fallback() {
    check("weak call | unload", Bounds::stops(3), || {
        let kernel = world::boot();
        kernel.load("m").unwrap();
        let caller = thread::spawn(|| m::weak(1));
        let gone = done_or_busy(kernel.unload("m"));
        let answer = caller.join();
        assert!(answer == Some(ANSWER) || (gone && answer.is_none()));
        assert_eq!(m::weak(1).is_none(), gone);
        at_rest();
    });
}

#[test]
fn calls_go_on_if_the_unload_hook_refuses() {
    check("two calls | unload refused", Bounds::stops(2), || {
        let kernel = world::boot();
        REFUSES.set(true);
        kernel.load("m").unwrap();
        let caller = thread::spawn(|| (m::weak(1), m::call(1).unwrap()));
        let result = kernel.unload("m").unwrap_err();
        assert!(matches!(
            result,
            UnloadError::Hook { .. } | UnloadError::Busy { .. }
        ));
        assert_eq!(caller.join(), (Some(ANSWER), ANSWER));
        REFUSES.set(false);
        at_rest();
    });
}

#[test]
fn a_system_without_the_barrier_unloads_nothing() {
    let bounds = Bounds::stops(2).heavy(Heavy::Missing);
    check("call | unload without barrier", bounds, || {
        let kernel = world::boot();
        kernel.load("m").unwrap();
        let caller = thread::spawn(|| m::call(1).unwrap());
        let result = kernel.unload("m");
        assert!(matches!(result, Err(UnloadError::NoBarrier { .. })));
        assert_eq!(caller.join(), ANSWER);
        assert_eq!(world::in_flight("m"), 0);
        assert_eq!(m::call(1).unwrap(), ANSWER);
    });
}
