//! What hosts print about their modules.

use crate::scenario::{loading, watching};
use crate::support::{root, stdout};

#[test]
fn a_list_shows_all_modules_and_runs_none() {
    let text = stdout(&loading::list().succeed(root()));
    for line in [
        "counter: misc 0.1.0 unloaded",
        "pair: pair 2.0.1 unloaded",
        "plan: misc 0.1.0 loaded",
    ] {
        assert!(text.lines().any(|one| one == line), "{text}");
    }
}

#[test]
fn a_snapshot_prints_as_a_table() {
    let text = stdout(&watching::print_a_snapshot().succeed(root()));
    let lines: Vec<&str> = text.lines().collect();
    let [headings, counter, keeps, nobody, why, plan, load_only, ..] = lines[..] else {
        panic!("{text}")
    };
    let start = "MODULE    VERSION  STATE   CALLS  IN FLIGHT  HELD  LOADED IN  MEMORY";
    assert_eq!(headings, start);
    assert!(
        counter.starts_with("counter   0.1.0    loaded  0      0          0     "),
        "{text}"
    );
    assert!(counter.ends_with(" KiB"), "{text}");
    assert_eq!(keeps, "  stays: the `#[stub]` `counter::keep` was called");
    assert_eq!(
        nobody,
        "nobody             failed  -      -          0     -          -"
    );
    assert!(why.contains("nobody"), "{text}");
    assert!(
        plan.starts_with("plan      0.1.0    loaded  -      -          0"),
        "{text}"
    );
    assert_eq!(load_only, "  stays: interface `plan` is load-only");
}
