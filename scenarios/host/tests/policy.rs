//! What becomes of a panic: see `src/scenario/policy.rs`.

mod support;

scenarios! {
    panic_unloads
    panic_unloads_when_all_have_left
    panic_unloads_under_fire
    panic_unloads_not_around_a_stub
    panic_falls_back
}
