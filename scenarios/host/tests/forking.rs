//! See `src/scenario/forking.rs`.

mod support;

scenarios! {
    fork_alone
    fork_while_others_call
    fork_while_another_loads
}
