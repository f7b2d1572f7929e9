//! The list of scenarios, for the program and the tests.

/// The list of scenarios: calls the macro `$into` with each file's functions. `main.rs` finds a
/// scenario in it by name, and `tests/asynchronous.rs` has a test for each.
#[macro_export]
macro_rules! scenarios {
    ($into:ident) => {
        $into! {
            completing {
                a_future_completes_in_one_thread
                a_future_completes_in_many_threads
                a_thousand_futures_complete_at_once
                a_future_may_borrow_its_arguments
                a_module_may_await_a_module
                a_missing_module_is_an_error_or_the_fallback
                a_weak_stub_awaits_a_loaded_module_only
                a_load_only_module_stays
            }
            dropping {
                an_unpolled_future_loads_nothing
                a_future_dropped_half_way_releases_its_module
                a_timeout_releases_the_module
                an_aborted_task_releases_the_module
                a_future_may_move_to_another_thread
                an_unload_never_comes_in_the_middle_of_a_call
            }
            panics {
                a_panic_in_a_poll_reaches_the_task
                a_panic_in_a_drop_reaches_the_task
                a_panic_passes_through_a_module
                a_panic_of_the_callback_passes_unchanged
                a_panic_becomes_an_error
                a_module_that_panicked_is_loaded_afresh
            }
            wakers {
                a_host_waker_crosses_unchanged
                a_host_waker_does_not_hold_modules_it_passed
                a_module_waker_holds_its_module
                a_module_waker_does_not_hold_its_keeper
                a_waker_outlives_its_task
            }
        }
    };
}
