//! Values that keep their module loaded.

use dlkm_models::{Bounds, UnloadError, check, thread, world};

use crate::world::{ANSWER, at_rest, m};

#[test]
fn a_value_survives_an_unload() {
    check(
        "call that returns a held value | unload",
        Bounds::stops(2),
        || {
            let kernel = world::boot();
            kernel.load("m").unwrap();
            let caller = thread::spawn(|| {
                let held = m::hold().unwrap();
                // The value's code is mapped as long as the value exists.
                dlkm_models::memory::of("m");
                assert_eq!(*held, ANSWER);
            });
            let result = kernel.unload("m");
            assert!(matches!(
                result,
                Ok(()) | Err(UnloadError::Busy { .. } | UnloadError::Held { .. })
            ));
            caller.join();
            at_rest();
        },
    );
}

#[test]
fn a_value_keeps_the_module_until_another_thread_drops_it() {
    check("drop of a held value | unload", Bounds::ALL, || {
        let kernel = world::boot();
        let held = m::hold().unwrap();
        let other = thread::spawn(move || {
            dlkm_models::memory::of("m").write(1, 1);
            drop(held);
        });
        let result = kernel.unload("m");
        assert!(matches!(result, Ok(()) | Err(UnloadError::Held { .. })));
        other.join();
        at_rest();
    });
}

#[test]
fn a_copy_keeps_the_module_after_the_first_value() {
    check("copy of a held value | unload", Bounds::ALL, || {
        let kernel = world::boot();
        let held = m::hold().unwrap();
        let other = thread::spawn(move || {
            let copy = held.clone();
            drop(held);
            dlkm_models::memory::of("m").write(1, 1);
            drop(copy);
        });
        let result = kernel.unload("m");
        assert!(matches!(result, Ok(()) | Err(UnloadError::Held { .. })));
        other.join();
        at_rest();
    });
}
