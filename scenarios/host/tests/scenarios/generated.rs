//! System files by chance, and a host that follows each. What it loads is compared with a model of the
//! rules, which knows nothing of the kernel.

use std::collections::BTreeMap;
use std::fs;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use crate::by_chance::{Case, MODULES};
use crate::model::Model;
use crate::support::root;

/// How many system files.
const CASES: u64 = 400;

/// A root with the modules of the table.
fn own_root() -> tempfile::TempDir {
    let own = tempfile::tempdir_in(root().parent().expect("a folder")).expect("a folder");
    for module in MODULES {
        let file = format!("{}.so", module.name);
        fs::hard_link(root().join(&file), own.path().join(&file)).expect("built before");
    }
    own
}

#[test]
fn what_a_host_loads_is_what_the_rules_say() {
    let next = AtomicU64::new(0);
    let seen = Mutex::new(BTreeMap::<String, usize>::new());
    let run = || {
        let root = own_root();
        loop {
            // Relaxed: a number, by which nothing else is ordered.
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= CASES {
                return;
            }
            let case = Case::of(seed);
            let (found, expected) = (case.run(root.path()), Model::of(&case).run());
            let shown = case.shown();
            assert!(
                found == expected,
                "case {seed}:\n{shown}\n--- the rules say\n{expected}--- found\n{found}"
            );
            let mut seen = seen.lock().expect("no panic");
            for line in found.lines() {
                let mut words = line.split(' ');
                let first = words.next().expect("a word");
                let last = words.next_back().expect("another word");
                *seen.entry(format!("{first} {last}")).or_default() += 1;
            }
        }
    };
    thread::scope(|scope| {
        let runs = [scope.spawn(run), scope.spawn(run)];
        for run in runs {
            run.join().expect("no case differs");
        }
    });
    // Each rule has been met.
    let seen = seen.into_inner().expect("no panic");
    for what in [
        "boot ok",
        "boot Hook",
        "boot Version",
        "boot Choice",
        "enter ok",
        "enter Hook",
        "load ok",
        "load Unused",
        "load Version",
        "load Choice",
        "load Phase",
        "load Tunable",
        "load Hook",
        "call ok",
        "call Unused",
        "call State",
        "call Choice",
        "call Tunable",
        "call Hook",
        "unload ok",
        "unload NotLoaded",
        "unload LoadOnly",
        "unload Busy",
        "skipped Unused",
        "skipped Version",
        "skipped Choice",
        "skipped Phase",
        "skipped Tunable",
        "skipped Hook",
        "kept vital",
        "adopt ok",
        "adopt Static",
        "adopt Version",
        "adopt InUse",
        "adopt Load",
        "loaded explicit",
        "loaded best",
        "loaded auto",
        "loaded required",
        "loaded depend",
    ] {
        let times = seen.get(what).copied().unwrap_or(0);
        assert!(times > 0, "`{what}` has not come: {seen:?}");
    }
}
