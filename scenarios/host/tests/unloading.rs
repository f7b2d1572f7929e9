//! See `src/scenario/unloading.rs`.

mod support;

scenarios! {
    unload
    in_flight
    in_flight_on_another_thread
    in_flight_through_a_module
    inside_itself
    load_only
    pinned
    static_stays
    unload_hook_fails
    unload_hook_panics
    weak_call_while_unloading
    calls_from_the_unload_hook
    call_from_a_thread_destructor
    kept_mapped
    threads_come_and_go
}
