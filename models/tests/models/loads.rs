//! First calls, and loads against unloads.

use dlkm_models::{Bounds, UnloadError, check, thread, world};

use crate::world::{ANSWER, at_rest, done_or_busy, m};

#[test]
fn first_calls_of_two_threads_load_once() {
    check("load by call | load by call", Bounds::stops(2), || {
        world::boot();
        let other = thread::spawn(|| m::call(1).unwrap());
        assert_eq!(m::call(2).unwrap(), ANSWER);
        assert_eq!(other.join(), ANSWER);
        at_rest();
    });
}

#[test]
fn a_call_sees_what_a_concurrent_load_wrote() {
    check("load by name | call, weak call", Bounds::stops(2), || {
        let kernel = world::boot();
        let other = thread::spawn(|| (m::weak(1), m::call(1).unwrap()));
        kernel.load("m").unwrap();
        let (weak, strong) = other.join();
        assert!(matches!(weak, None | Some(ANSWER)));
        assert_eq!(strong, ANSWER);
        at_rest();
    });
}

/// A weak call reads two places of its slot.
#[test]
fn weak_calls_never_go_back_to_the_fallback() {
    check("load by name | two weak calls", Bounds::stops(3), || {
        let kernel = world::boot();
        let other = thread::spawn(|| [m::weak(1), m::weak(1)]);
        kernel.load("m").unwrap();
        assert_eq!(m::weak(2), Some(ANSWER));
        let answers = other.join();
        assert_ne!(answers, [Some(ANSWER), None]);
        at_rest();
    });
}

#[test]
fn a_call_survives_a_load_and_an_unload() {
    check("unload | load | call", Bounds::stops(2), || {
        let kernel = world::boot();
        kernel.load("m").unwrap();
        let caller = thread::spawn(|| m::call(1).unwrap());
        let loader = thread::spawn(move || kernel.load("m").unwrap());
        done_or_busy(kernel.unload("m"));
        assert_eq!(caller.join(), ANSWER);
        loader.join();
        at_rest();
    });
}

#[test]
fn one_of_two_unloads_succeeds() {
    check("unload | unload", Bounds::stops(2), || {
        let kernel = world::boot();
        kernel.load("m").unwrap();
        let other = thread::spawn(move || kernel.unload("m"));
        let both = [kernel.unload("m"), other.join()];
        let lost = |one: &&Result<_, _>| matches!(one, Err(UnloadError::NotLoaded { .. }));
        assert_eq!(both.iter().filter(|one| one.is_ok()).count(), 1);
        assert_eq!(both.iter().filter(lost).count(), 1);
        at_rest();
    });
}
