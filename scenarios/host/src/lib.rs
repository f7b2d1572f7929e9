//! The list of scenarios: the only one.
//!
//! [`scenarios!`] passes the list to another macro: `main.rs` finds a scenario in it by name, and
//! `tests/scenarios` has a test for each. A scenario that is not in the list is dead code, and a
//! name without a function does not compile.

/// Calls the macro `$into` with all scenarios: for each file of `src/scenario`, its functions.
///
/// Some names have a mark:
///
/// - `editions`: the scenario runs in a module root of its own, and its argument is the folder with
///   the editions of modules `edition` and `ledger`
/// - `configured`: the scenario boots the kernel itself, in a module root of its own with all modules
/// - `unbooted`: the scenario boots the kernel itself
/// - `checked`: no test is generated. A test in `tests/scenarios` checks what the process prints or
///   how it ends
#[macro_export]
macro_rules! scenarios {
    ($into:ident) => {
        $into! {
            abi_c {
                each_function_works
                panics_cross_the_boundary
                load_hook_refuses(checked)
                one_module_may_have_both_abis
                load_mixed(checked)
                a_panic_of_a_callback_passes_through
                its_image_stays_mapped(checked)
                statements_make_an_interface_and_its_driver
            }
            boundary {
                blocks_are_on_the_host_heap
                a_writer_gets_no_format_arguments_of_a_module
                a_panic_arrives_with_its_module_and_message
                the_panic_hook_runs_once_for_a_panic
                a_panic_ends_a_thread_of_the_host
                a_panic_passes_through_a_module
                a_panic_of_a_callback_passes_unchanged
                a_panic_of_an_observer_goes_on_in_the_calling_module
                panic_uncaught(checked)
                a_destructor_may_call_while_unwinding
                panic_while_panicking(checked)
                panics_of_modules_that_come_and_go(checked)
                panics_of_many_images(checked)
                panics_beside_a_hook_of_the_host(checked)
                a_hook_set_before_the_boot_stays(unbooted)
            }
            concurrent {
                many_first_callers_load_once
                many_failing_callers_share_one_failure
                callers_do_not_notice_unloads
                weak_callers_are_in_a_loaded_module_or_in_none
            }
            configured {
                without_the_file_each_module_is_best(configured)
                unused_wins_over_all_that_want_a_module(configured)
                an_auto_module_is_loaded_by_name_too(configured)
                each_cause_is_that_of_kcmodule(configured)
                what_is_written_to_the_file_waits_for_the_next_boot(configured)
                a_tunable_of_an_unused_module_can_be_set(configured)
                a_module_that_is_not_as_chosen_is_refused(configured)
                an_idle_time_in_the_file_comes_before_the_authors(configured)
                linked_modules_stay_static(configured)
                a_linked_module_without_a_line_is_static(configured)
                a_file_that_is_wrong_ends_the_boot(configured)
                an_error_in_the_last_line_loads_nothing(configured)
                two_lines_for_a_module_are_reported(configured)
                changes_apply_at_once(configured)
                if_one_change_must_wait_all_wait(configured)
                what_was_done_is_undone_if_a_load_fails(configured)
            }
            depending {
                what_is_needed_and_wanted_is_loaded_around_a_module
                a_version_out_of_the_range_is_refused
                a_weak_dependency_must_be_there(configured)
                what_is_wanted_and_unused_is_left_out(configured)
                modules_that_want_each_other_are_both_loaded
                what_was_loaded_for_a_module_goes_with_it
            }
            failing {
                a_failed_load_hook_leaves_nothing_behind
                a_panic_of_a_load_hook_leaves_nothing_behind
                a_missing_dependency_is_named
                circular_dependencies_are_refused
                a_circle_of_load_hooks_is_refused
                a_circle_entered_from_both_ends_does_not_hang
                call_heap(checked)
                without_proc(checked)
                with_other_writers(unbooted)
                call_counter(checked)
                call_first_counter(checked)
                call_left(checked)
            }
            forking {
                parent_and_child_both_go_on
                calls_of_other_threads_count_forever_in_the_child
                a_load_of_another_thread_never_ends_in_the_child
            }
            held {
                held_values_keep_their_module
                held_errors_keep_their_module
                each_copy_keeps_its_module
                a_held_value_may_be_dropped_in_another_thread
                a_drop_that_panics_releases_its_module
                a_panic_of_a_held_object_arrives_in_its_caller
                a_panic_of_a_held_object_passes_frames_of_both
                a_panic_of_a_module_is_caught_in_another
                unwinding_releases_held_values
                a_load_hook_may_register_a_callback
                a_dropped_callback_hides_no_value
                a_callback_of_a_failed_load_keeps_the_code
                a_callback_left_behind_keeps_the_code
            }
            idling {
                an_idle_module_is_reaped
                a_module_never_called_is_reaped
                a_module_in_use_is_not_reaped
                a_module_without_idle_is_not_reaped
                a_pinned_module_is_not_reaped
                a_chain_is_reaped_at_once
                a_chain_waits_for_its_head
                an_unload_hook_may_refuse_a_reap
                a_reaper_unloads_idle_modules
                a_reaper_sleeps_until_needed_and_ends
                callers_do_not_notice_a_reaper
            }
            kmod {
                test_dependencies
                modprobe_builtin
                modprobe_builtin_lookup_only
                test_initstate
                modprobe_weakdep_loop
                modprobe_install_cmd_loop
                test_load_resource1
                test_load_resource2(configured)
                test_initlib(unbooted)
                test_insert
                test_remove
                test_remove_leaves_no_trace
                loaded_1
                from_name(configured)
                test_backoff_time
            }
            loading {
                a_first_call_loads_the_module_once
                a_weak_stub_never_loads
                calls_before_the_boot_fail_or_fall_back(unbooted)
                a_second_boot_is_refused
                a_load_by_name_binds_all_stubs
                a_module_without_auto_loads_by_name_only
                dependencies_load_first_and_stay
                a_module_calls_modules
                a_module_may_provide_two_interfaces
                a_missing_module_is_named_and_falls_back
                an_observer_gets_each_event
                list(checked)
                load(checked)
            }
            panic_policy {
                a_module_that_panicked_is_loaded_afresh
                a_module_that_panicked_goes_when_all_calls_have_returned
                under_fire_each_call_ends_as_it_may
                a_module_that_panicked_stays_around_a_call
                a_panic_becomes_an_error_or_the_fallback
            }
            phased {
                modules_are_loaded_in_their_phases(configured)
                a_phase_that_was_left_out_is_made_up_for(configured)
                a_dependency_must_support_the_phase(configured)
                a_critical_module_ends_the_boot(configured)
                a_critical_module_can_not_be_unused(configured)
                a_critical_module_needs_no_line(configured)
                a_critical_module_that_can_not_be_linked_ends_the_boot(configured)
                other_modules_are_reported_and_skipped(configured)
                a_module_that_init_is_too_late_for_is_loaded_before(configured)
                linked_modules_are_in_service_from_the_boot_on(configured)
                a_host_may_want_linked_modules_late(configured)
            }
            reloading {
                a_reload_has_fresh_statics(editions)
                a_reload_runs_the_new_file(editions)
                a_file_replaced_during_its_load_is_not_noticed(editions)
                a_file_removed_during_its_load_is_loaded(editions)
                every_reload_is_fresh(editions)
                no_copy_is_made_without_need(editions)
                a_load_that_cannot_make_a_copy_fails(editions)
                a_copy_beyond_the_limit_of_file_sizes_fails(editions)
                an_image_shows_its_path
                a_copy_is_opened(checked)
            }
            staying {
                its_module_is_unloaded_all_the_same(editions)
                what_it_left_behind_goes_on_working(editions)
                a_module_that_never_served_is_unmapped(editions)
                each_life_leaves_memory_and_nothing_else(editions)
                an_idle_one_is_not_reaped(editions)
                an_old_version_stays_mapped(editions)
                a_caller_stays_mapped_once_it_has_called
                a_weak_call_counts_too
                a_caller_may_be_bound_again
                callers_notice_nothing(editions)
                errors_and_panics_outlive_their_modules
                a_boot_in_a_module_is_refused
                errors_of_a_caller_outlive_its_image
            }
            stateful {
                a_state_is_dropped_once_after_the_unload_hook
                a_refused_unload_keeps_the_state
                a_state_leaves_no_memory_behind
                what_a_module_leaves_on_the_heap_is_reported
                a_destructor_that_panics_is_contained
                a_thread_of_the_module_keeps_its_state
                a_destructor_of_thread_local_data_finds_no_state
                an_upgrade_hands_the_state_over(editions)
                both_versions_use_one_state(editions)
                a_state_of_another_type_stays(editions)
                a_failed_upgrade_keeps_the_state(editions)
            }
            threads {
                a_running_thread_keeps_the_image_mapped
                a_running_thread_started_in_c_keeps_the_image_mapped
                a_thread_may_leave_by_pthread_exit
                threads_that_the_unload_hook_stops_keep_nothing
                a_holding_thread_keeps_the_module_loaded
                a_thread_holds_until_its_result_is_dropped
                thread_panics(checked)
                a_thread_in_its_destructors_keeps_the_image_mapped
                a_destructor_in_a_host_thread_keeps_the_image_mapped
                a_thread_of_an_old_image_finds_no_kernel
                a_thread_that_nothing_counts_keeps_the_image_mapped
                a_thread_in_a_call_without_a_hold_keeps_the_module_called
                an_unload_survives_short_threads
            }
            switching {
                the_first_call_through_an_entry_loads_its_module
                an_entry_follows_unloads_and_loads
                an_object_keeps_the_module_of_its_entry
                a_key_without_a_module_names_the_near_ones
                a_key_of_two_modules_is_contested(checked)
                only_square_is_used(checked)
                a_module_of_a_later_package_has_an_entry(checked)
                data_find_their_module
                entries_have_numbers_that_stay
                modules_call_through_the_table_too
                calls_survive_unloads_of_each_entry
            }
            tuning {
                show(checked)
                load_strayer(checked)
                tune_across_compilers(checked)
                a_dynamic_tunable_changes_while_its_module_serves(editions)
                a_refused_value_changes_nothing(editions)
                a_tuned_value_outlasts_its_image(editions)
                an_upgrade_keeps_what_was_tuned(editions)
                readers_find_the_old_value_or_the_new_one(editions)
                a_hook_can_change_nothing_of_its_module(editions)
                texts_leave_no_memory_behind(editions)
            }
            unloading {
                an_unloaded_module_comes_back_fresh
                a_call_in_flight_keeps_the_module
                a_call_of_another_thread_keeps_the_module
                a_call_through_a_module_keeps_both
                loads_and_unloads_reach_all_callers_among_many_images
                an_unload_from_inside_is_refused
                a_load_only_module_stays
                a_called_stub_pins_its_module
                a_module_of_weak_stubs_alone_can_go
                a_stub_pins_the_module_of_an_interface_without_ustub
                a_static_module_stays
                an_unload_hook_may_refuse
                a_panic_of_an_unload_hook_refuses
                a_weak_call_waits_for_the_unload
                calls_from_the_unload_hook_do_not_hang
                a_call_from_a_thread_destructor_works
                stubs_of_a_kept_image_are_unbound
                ended_threads_leave_no_call_in_flight
                a_destructor_of_an_image_finds_no_kernel
                signals_between_all_instructions_of_a_call_lose_no_count
            }
            upgrading {
                an_upgrade_hands_on_the_state(editions)
                an_upgrade_to_the_same_build_changes_nothing(editions)
                calls_succeed_during_upgrades(editions)
                calls_succeed_during_upgrades_and_unloads(editions)
                a_call_in_flight_keeps_the_old_version(editions)
                a_held_value_keeps_the_old_version(editions)
                a_call_in_the_oldest_version_keeps_all(editions)
                a_refused_upgrade_changes_nothing(editions)
                an_upgrade_beyond_the_limit_of_file_sizes_fails(editions)
                a_failed_hook_ends_the_upgrade(editions)
                an_upgrade_from_inside_is_refused(editions)
                an_upgrade_from_its_own_hooks_is_refused(editions)
                stubs_in_a_module_reach_the_new_version(editions)
                an_upgrade_replaces_a_module_that_panicked(editions)
                a_panic_in_an_old_version_spares_the_new_one(editions)
                an_old_version_that_refuses_stays_mapped(editions)
                some_modules_cannot_be_upgraded(editions)
            }
            verifying {
                an_image_is_loaded_from_a_sealed_copy(configured)
                an_image_that_is_not_recorded_is_refused(configured)
                an_image_that_was_changed_is_refused(configured)
                an_upgrade_is_verified(configured)
                with_a_warning_all_are_loaded(configured)
                what_was_checked_is_what_is_mapped(configured)
                with_a_warning_the_file_itself_is_mapped(configured)
                with_keys_a_signature_is_needed(configured)
                a_bad_signature_is_refused(configured)
                a_digest_file_written_by_halves_verifies_nothing(configured)
                a_key_that_is_none_ends_the_boot(configured)
                another_policy_waits_for_the_next_boot(configured)
                time_a_load(checked)
            }
            watching {
                a_snapshot_counts_the_calls_of_a_life
                a_snapshot_shows_what_keeps_a_module
                a_snapshot_shows_a_failed_load
                a_snapshot_may_be_taken_inside_hooks
                a_snapshot_shows_a_kept_image
                snapshots_under_load_miss_no_call
                print_a_snapshot(checked)
            }
        }
    };
}
