//! Values that keep their module loaded.

use dlkm_models::{Bounds, UnloadError, check, memory, thread, world};

use crate::world::{ANSWER, LEFT, at_rest, m, r};

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
                memory::of("m");
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
            memory::of("m").write(1, 1);
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
            memory::of("m").write(1, 1);
            drop(copy);
        });
        let result = kernel.unload("m");
        assert!(matches!(result, Ok(()) | Err(UnloadError::Held { .. })));
        other.join();
        at_rest();
    });
}

/// Nothing of `r` is left: it is unloaded, now or already, and not mapped.
fn r_is_gone(kernel: &dlkm_models::Kernel) {
    match kernel.unload("r") {
        Ok(()) | Err(UnloadError::NotLoaded { .. }) => {}
        Err(other) => panic!("{other}"),
    }
    kernel.finish_retired();
    assert!(!memory::is_mapped("r"));
}

#[test]
fn a_dropped_callback_hides_no_value() {
    check(
        "drop of what the load hook left | unload",
        Bounds::ALL,
        || {
            let kernel = world::boot();
            let held = r::another().unwrap();
            let other = thread::spawn(|| drop(LEFT.take()));
            assert!(matches!(
                kernel.unload("r"),
                Err(UnloadError::Held { values: 1, .. })
            ));
            other.join();
            assert!(matches!(
                kernel.unload("r"),
                Err(UnloadError::Held { values: 1, .. })
            ));
            drop(held);
            r_is_gone(kernel);
        },
    );
}

#[test]
fn a_copy_of_what_the_load_hook_left_keeps_the_module() {
    check(
        "copy of what the load hook left, unload",
        Bounds::ALL,
        || {
            let kernel = world::boot();
            kernel.load("r").unwrap();
            let left = LEFT.take().unwrap();
            let copy = left.clone();
            assert!(matches!(
                kernel.unload("r"),
                Err(UnloadError::Held { values: 1, .. })
            ));
            drop((copy, left));
            r_is_gone(kernel);
        },
    );
}

#[test]
fn a_copy_of_what_the_load_hook_left_keeps_the_code() {
    let bounds = Bounds::stops(3);
    check("copy of what the load hook left | unload", bounds, || {
        let kernel = world::boot();
        kernel.load("r").unwrap();
        let left = LEFT.take().unwrap();
        let other = thread::spawn(move || {
            let copy = left.clone();
            drop(left);
            memory::of("r").write(1, 1);
            drop(copy);
        });
        match kernel.unload("r") {
            Ok(()) | Err(UnloadError::Held { .. }) => {}
            Err(other) => panic!("{other}"),
        }
        kernel.finish_retired();
        other.join();
        r_is_gone(kernel);
    });
}
