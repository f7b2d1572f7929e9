//! Values that keep their module loaded: see `src/scenario/held.rs`.

mod support;

scenarios! {
    held_values
    held_errors
    held_copies
    held_in_a_thread
    held_and_the_drop_panics
    held_while_panicking
    registered_by_a_hook
    registered_and_the_hook_fails
    registered_and_forgotten
}
