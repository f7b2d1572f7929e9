//! See `src/scenario/idling.rs`.

mod support;

scenarios! {
    reaped_when_idle
    reaped_if_never_called
    not_reaped_in_use
    not_reaped_without_idle
    not_reaped_when_pinned
    a_chain_is_reaped_at_once
    a_chain_waits_for_its_head
    hook_refuses_a_reap
    a_reaper_unloads
    a_reaper_sleeps_and_ends
    a_reaper_against_callers
}
