//! Loads that fail in their hooks and dependencies: see `src/scenario/failing.rs`.

mod support;

scenarios! {
    load_hook_fails
    load_hook_panics
    missing_dependency
    circular_dependency
    ring
    ring_from_both_ends
}
