//! Many threads at once: see `src/scenario/concurrent.rs`.

mod support;

scenarios! {
    many_first_callers
    many_failing_callers
    calls_against_unloads
}
