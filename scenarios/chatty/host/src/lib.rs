//! A logger and a subscriber that record what they get, and the list of scenarios.

pub mod logger;
pub mod subscriber;

/// Whether the system has the module's image mapped.
pub fn mapped() -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    maps.lines()
        .any(|line| line.contains("r-xp") && line.ends_with("/chatty.so"))
}

/// The list of scenarios: calls the macro `$into` with each file's functions. `src/bin/chatty`
/// finds a scenario in it by name, and `tests/chatty.rs` has a test for each.
#[macro_export]
macro_rules! scenarios {
    ($into:ident) => {
        $into! {
            logs {
                a_record_keeps_level_target_and_place
                the_hosts_level_decides
                pairs_keep_their_types
                a_logger_set_late_gets_later_records
                a_panic_of_the_logger_is_contained
                a_panic_of_a_message_is_the_modules
                records_arrive_after_each_reload
                records_arrive_from_a_copy_of_the_image
            }
            traces {
                the_subscribers_level_decides
                fields_keep_their_types
                spans_nest_across_the_boundary
                the_current_span_is_the_modules_own
                a_formatting_subscriber_prints_them
                kernel_events_are_in_the_callers_span
                a_formatting_subscriber_prints_kernel_events
                a_span_closes_where_it_was_opened
                a_panic_of_the_subscriber_is_contained
                a_panic_of_a_field_is_the_modules
                events_arrive_after_each_reload
                what_a_subscriber_keeps_outlives_the_module
                spans_close_while_others_unload
                a_load_leaves_little_in_the_heap
                events_arrive_from_a_copy_of_the_image
            }
        }
    };
}
