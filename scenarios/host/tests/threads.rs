//! See `src/scenario/threads.rs`.

mod support;

scenarios! {
    thread_still_runs
    thread_of_c_still_runs
    thread_leaves_by_exit
    thread_stopped_by_the_hook
    thread_holds
    thread_holds_until_dropped
    thread_with_last_words
    thread_of_the_host
    thread_outlives_a_reload
    thread_before_the_kernel_knows
}

#[test]
fn thread_panics() {
    let output = support::succeed(support::root(), "thread_panics");
    let text = support::stderr(&output);
    assert!(text.contains("module `threads`"), "{text}");
    assert!(text.contains("no more milk"), "{text}");
}

#[test]
fn short_threads() {
    let output = support::run(support::root(), "short_threads", "500");
    let text = support::stderr(&output);
    assert!(output.status.success(), "{}\n{text}", output.status);
}
