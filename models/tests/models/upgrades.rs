//! Calls against an upgrade: the slots change from one version to the next, and the old one is
//! unloaded when no call is in it.

use std::sync::Mutex;

use dlkm_models::{
    Bounds, Heavy, Kernel, UnloadError, Upgrade, UpgradeError, check, memory, next, thread, world,
};

use crate::world::{ANSWER, BEGAN, ENDED, NEW, REFUSES, done_or_busy, u};

/// A kernel with the old version loaded and the next one installed.
fn old_serves() -> &'static Kernel {
    let kernel = world::boot();
    kernel.load("u").unwrap();
    next::release();
    BEGAN.set(false);
    ENDED.set(0);
    kernel
}

fn one_of_both(answer: u64) {
    assert!(answer == ANSWER || answer == NEW);
}

/// Upgrades, and checks that the next version serves at once.
fn upgrade(kernel: &Kernel) -> Upgrade {
    let done = kernel.upgrade("u").unwrap();
    assert_eq!((&*done.from, &*done.to), ("1.0.0", "2.0.0"));
    // Another thread may still be closing its image.
    assert!(!done.drained || ENDED.get() == 1);
    done
}

/// Comes after the end of all threads: the old version is gone, the new one serves, and is
/// unloaded.
fn new_at_rest(kernel: &Kernel) {
    assert_eq!(kernel.finish_retired(), 0);
    assert!(!memory::is_mapped("u"));
    assert_eq!(ENDED.get(), 1);
    assert_eq!(u::serve(1).unwrap(), NEW);
    kernel.unload("u").unwrap();
    assert!(!memory::is_mapped(&next::name("u")));
}

#[test]
fn a_first_call_reaches_one_of_both_versions() {
    check("first call | upgrade", Bounds::stops(2), || {
        let kernel = old_serves();
        let caller = thread::spawn(|| u::serve(1).unwrap());
        upgrade(kernel);
        one_of_both(caller.join());
        new_at_rest(kernel);
    });
}

#[test]
fn later_calls_never_go_back_to_the_old_version() {
    check("two calls | upgrade", Bounds::stops(2), || {
        let kernel = old_serves();
        // The upgrade goes first: its first barrier then costs no preemption.
        let caller = thread::spawn(|| [u::serve(1).unwrap(), u::serve(1).unwrap()]);
        upgrade(kernel);
        let answers = caller.join();
        // Calls never go back to the old version.
        assert_ne!(answers, [NEW, ANSWER]);
        answers.into_iter().for_each(one_of_both);
        new_at_rest(kernel);
    });
}

#[test]
fn a_call_that_goes_on_keeps_the_old_version() {
    static SEEN: Mutex<Vec<([u64; 2], bool)>> = Mutex::new(Vec::new());
    check("outer and inner call | upgrade", Bounds::stops(2), || {
        let kernel = old_serves();
        let caller = thread::spawn(|| u::outer(1).unwrap());
        let drained = upgrade(kernel).drained;
        let answers = caller.join();
        SEEN.lock().unwrap().push((answers, drained));
        new_at_rest(kernel);
    });
    let seen = SEEN.lock().unwrap();
    for answers in [[ANSWER, ANSWER], [ANSWER, NEW], [NEW, NEW]] {
        assert!(seen.iter().any(|one| one.0 == answers), "{answers:?}");
    }
    assert!(seen.iter().all(|one| one.0 != [NEW, ANSWER]));
    assert!(seen.iter().any(|one| one.1) && seen.iter().any(|one| !one.1));
}

#[test]
fn a_weak_call_reaches_one_of_both_versions() {
    check("weak call | upgrade", Bounds::stops(2), || {
        let kernel = old_serves();
        let caller = thread::spawn(|| u::perhaps(1));
        upgrade(kernel);
        one_of_both(caller.join().expect("one of both is always there"));
        new_at_rest(kernel);
    });
}

#[test]
fn an_unload_comes_before_or_after_an_upgrade() {
    check("upgrade | unload", Bounds::stops(2), || {
        let kernel = old_serves();
        let unloader = thread::spawn(move || kernel.unload("u"));
        match kernel.upgrade("u") {
            Ok(_) => {}
            // Once the upgrade has begun, the unload waits for it.
            Err(UpgradeError::NotLoaded { .. }) => assert!(!BEGAN.get()),
            Err(other) => panic!("{other}"),
        }
        unloader.join().unwrap();
        assert!(!memory::is_mapped("u") && !memory::is_mapped(&next::name("u")));
        new_at_rest(kernel);
    });
}

#[test]
fn a_call_survives_an_upgrade_and_an_unload() {
    check("call | upgrade | unload", Bounds::stops(1), || {
        let kernel = old_serves();
        let caller = thread::spawn(|| u::serve(1).unwrap());
        let unloader = thread::spawn(move || match kernel.unload("u") {
            Err(UnloadError::NotLoaded { .. }) => unreachable!("no other thread unloads it"),
            other => _ = done_or_busy(other),
        });
        let result = kernel.upgrade("u");
        assert!(matches!(
            result,
            Ok(_) | Err(UpgradeError::NotLoaded { .. })
        ));
        one_of_both(caller.join());
        unloader.join();
        assert_eq!(world::in_flight("u"), 0);
    });
}

#[test]
fn two_threads_end_the_old_version_once() {
    check("upgrade | end", Bounds::stops(2), || {
        let kernel = old_serves();
        let other = thread::spawn(move || _ = kernel.finish_retired());
        upgrade(kernel);
        other.join();
        new_at_rest(kernel);
    });
}

#[test]
fn a_failed_load_hook_leaves_the_old_version() {
    check("call | upgrade that fails", Bounds::stops(2), || {
        let kernel = old_serves();
        REFUSES.set(true);
        let caller = thread::spawn(|| u::serve(1).unwrap());
        let result = kernel.upgrade("u");
        assert!(matches!(result, Err(UpgradeError::Refused { .. })));
        assert_eq!(caller.join(), ANSWER);
        REFUSES.set(false);
        assert!(memory::is_mapped("u") && !memory::is_mapped(&next::name("u")));
        assert_eq!(u::serve(1).unwrap(), ANSWER);
        kernel.unload("u").unwrap();
        assert!(!memory::is_mapped("u"));
    });
}

#[test]
fn a_held_value_keeps_the_old_version() {
    check("drop of a held value | upgrade", Bounds::stops(3), || {
        let kernel = old_serves();
        let held = u::keep().unwrap();
        let other = thread::spawn(move || {
            memory::of("u").write(1, 1);
            drop(held);
        });
        upgrade(kernel);
        other.join();
        new_at_rest(kernel);
    });
}

#[test]
fn a_system_without_the_barrier_upgrades_nothing() {
    let bounds = Bounds::stops(2).heavy(Heavy::Missing);
    check("call | upgrade without barrier", bounds, || {
        let kernel = old_serves();
        let caller = thread::spawn(|| u::serve(1).unwrap());
        let result = kernel.upgrade("u");
        assert!(matches!(result, Err(UpgradeError::NoBarrier { .. })));
        assert_eq!(caller.join(), ANSWER);
        assert_eq!(u::serve(1).unwrap(), ANSWER);
    });
}
