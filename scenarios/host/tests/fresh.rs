//! Images that stayed mapped: see `src/scenario/fresh.rs`.

mod support;

editions! {
    fresh_statics
    fresh_code
    fresh_many_times
    no_copy_without_need
    no_copy_to_be_had
}
