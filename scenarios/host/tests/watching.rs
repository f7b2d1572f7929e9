//! See `src/scenario/watching.rs`.

mod support;

scenarios! {
    snapshot_of_a_life
    snapshot_of_what_keeps
    snapshot_of_a_failure
    snapshot_inside_hooks
    snapshot_of_a_kept_image
    snapshots_under_load
}

#[test]
fn snapshot_as_a_table() {
    let output = support::succeed(support::root(), "snapshot_as_a_table");
    let text = String::from_utf8(output.stdout).expect("text");
    let lines: Vec<&str> = text.lines().collect();
    let [headings, counter, keeps, nobody, why, plan, load_only, _] = lines[..] else {
        panic!("{text}")
    };
    let start = "MODULE   VERSION  STATE   CALLS  IN FLIGHT  HELD  LOADED IN  MEMORY";
    assert_eq!(headings, start);
    assert!(
        counter.starts_with("counter  0.1.0    loaded  0      0          0     "),
        "{text}"
    );
    assert!(counter.ends_with(" KiB"), "{text}");
    assert_eq!(keeps, "  stays: `counter::keep` was called, a `#[stub]`");
    assert_eq!(
        nobody,
        "nobody            failed  -      -          0     -          -"
    );
    assert!(why.contains("nobody"), "{text}");
    assert!(
        plan.starts_with("plan     0.1.0    loaded  -      -          0"),
        "{text}"
    );
    assert_eq!(load_only, "  stays: interface `plan` is load-only");
}
