//! Upgrades: see `src/scenario/upgrading.rs`.

mod support;

editions! {
    upgrade
    upgrade_under_load
    upgrades_against_unloads
    upgrade_around_a_call
    upgrade_around_a_value
    upgrades_around_one_call
    upgrade_refused
    upgrade_and_a_hook_fails
    upgrade_from_inside
    upgrade_from_its_hooks
    upgrade_seen_by_a_module
    upgrade_after_a_panic
    panic_in_an_old_version
    upgrade_and_the_old_refuses
    no_upgrade
}
