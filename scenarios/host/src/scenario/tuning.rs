//! Tunables: what the system file sets, and what is set while a module serves.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;

use dlkm_rt::{Event, Kernel, TunableError, TunedBy, UnloadError};
use scenario_api::{tuned, tuned_c, tuner};

use super::{Must, says};
use crate::editions::Editions;
use crate::plan;

/// Prints what the load hook of `tuned` found, or the error; then the lines for tunables that do not
/// exist, and what the kernel says of each tunable of the module in the argument.
pub(super) fn show(kernel: &'static Kernel, module: &str) {
    kernel.observe(|event: &Event<'_>| {
        if let Event::UnknownTunable {
            module,
            tunable,
            line,
            ..
        } = event
        {
            println!("unknown: {module} {tunable} {line}");
        }
    });
    let before = kernel.tunables(module).map_err(|error| error.to_string());
    let found = match module {
        "tuner" => tuner::tuner(),
        _ => tuned::at_load(),
    };
    match found {
        Ok(found) => println!("load: {found}"),
        Err(error) => return println!("error: {error}"),
    }
    let after = kernel.tunables(module).must();
    for (before, after) in before.expect("it loads").iter().zip(&after) {
        let set_by = match after.set_by() {
            TunedBy::System { line, .. } => format!("line {line}"),
            other => format!("{other:?}"),
        };
        println!("{}: {} by {set_by}", after.name(), after.value());
        assert_eq!(before.value(), after.value(), "before the load");
        assert_eq!(before.set_by(), after.set_by());
    }
}

/// Prints why a module can't be loaded.
pub(super) fn load_strayer(kernel: &'static Kernel, _: &str) {
    println!("{}", kernel.load("strayer").expect_err("it is refused"));
}

/// Prints what the module has, or why it can't be loaded; then why it can't be tuned, if it can't.
pub(super) fn tune_across_compilers(kernel: &'static Kernel, _: &str) {
    if let Err(error) = kernel.load("tuned-c") {
        return println!("{error}");
    }
    println!("{}", tuned_c::size());
    match kernel.tune("tuned-c", "size", "9") {
        Ok(()) => println!("{}", tuned_c::size()),
        Err(error) => println!("{error}"),
    }
    println!("{}", kernel.tunables("tuned-c").must()[0].value());
}

/// Version 1 is installed.
fn start(kernel: &'static Kernel, editions: &str) -> Editions {
    let editions = Editions::of("tuned", kernel, editions);
    editions.install("tuned-1");
    editions
}

/// What version 1 has without a system file.
const DEFAULTS: &str = "40 true -1 0.1 hello WriteBack 90s 3MiB";

/// kctune(1M), `dynamic`: the value changes at once. "`t=`, `t=Default`: to default (the word is
/// case-insensitive)".
pub(super) fn a_dynamic_tunable_changes_while_its_module_serves(
    kernel: &'static Kernel,
    editions: &str,
) {
    start(kernel, editions);
    let error = kernel
        .tune("tuned", "segments", "41")
        .expect_err("too soon");
    assert!(matches!(error, TunableError::NotLoaded { .. }), "{error:?}");
    says(&error, &["`tuned`", "is not loaded"]);
    assert_eq!(tuned::now().must(), DEFAULTS);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = Arc::clone(&seen);
    kernel.observe(move |event: &Event<'_>| {
        if let Event::Tuned {
            module,
            tunable,
            value,
            ..
        } = event
        {
            let text = format!("{module} {tunable} {value}");
            sees.lock().expect("no panic").push(text);
        }
    });
    for (tunable, value) in [
        ("segments", "tuned.segments*2+1"),
        ("ratio", "0.25"),
        ("greeting", "good day"),
        ("mode", "write-through"),
        ("period", "250ms"),
    ] {
        kernel.tune("tuned", tunable, value).must();
    }
    assert_eq!(
        tuned::now().must(),
        "81 true -1 0.25 good day WriteThrough 250ms 3MiB"
    );
    assert_eq!(tuned::at_load().must(), DEFAULTS);
    let shown: Vec<_> = kernel
        .tunables("tuned")
        .must()
        .iter()
        .map(|one| format!("{}={}", one.name(), one.value()))
        .collect();
    assert_eq!(
        shown,
        [
            "cache_size=3MiB",
            "greeting=good day",
            "level=-1",
            "mode=write-through",
            "period=250ms",
            "ratio=0.25",
            "segments=81",
            "sync=true"
        ]
    );
    kernel.tune("tuned", "greeting", "default").must();
    kernel.tune("tuned", "segments", "DEFAULT").must();
    assert_eq!(
        (tuned::segments().must(), tuned::greeting().must()),
        (40, "hello".to_owned())
    );
    assert_eq!(
        seen.lock().expect("no panic")[..],
        [
            "tuned segments 81",
            "tuned ratio 0.25",
            "tuned greeting good day",
            "tuned mode write-through",
            "tuned period 250ms",
            "tuned greeting hello",
            "tuned segments 40"
        ]
    );
}

pub(super) fn a_refused_value_changes_nothing(kernel: &'static Kernel, editions: &str) {
    start(kernel, editions);
    kernel.load("tuned").must();
    kernel.tune("tuned", "segments", "12").must();
    let before = tuned::now().must();
    let refusals: [(&str, &str, &[&str]); 14] = [
        (
            "segments",
            "13",
            &["refused the value `13`", "13 is unlucky, and 12 was not"],
        ),
        (
            "segments",
            "14",
            &["panicked at the value `14`", "14 is worse"],
        ),
        ("greeting", "", &["refused", "a greeting has a word"]),
        ("segments", "0", &["0 is not in the range 1 to 4096"]),
        ("segments", "4097", &["an integer from 1 to 4096"]),
        ("segments", "many", &["`many` is no tunable"]),
        ("segments", "1/0", &["divides by zero"]),
        ("mode", "write", &["none of write-back, write-through"]),
        ("period", "0s", &["less than 1ms"]),
        ("period", "1", &["`1` is not a time"]),
        ("ratio", "1e300", &["0.0 to 1.0"]),
        ("ratio", "NaN", &["is not a f64"]),
        (
            "sync",
            "false",
            &["`tuned.sync` can't change while", "for the next boot"],
        ),
        ("segmnts", "5", &["no tunable `segmnts`", "segments, sync"]),
    ];
    for (tunable, value, parts) in refusals {
        let error = kernel.tune("tuned", tunable, value).expect_err(value);
        says(&error, parts);
        assert_eq!(tuned::now().must(), before, "{tunable} {value}");
    }
    let error = kernel.tune("nothing", "a", "1").expect_err("no module");
    assert!(matches!(error, TunableError::NotLoaded { .. }), "{error:?}");
    // The panic was the hook's, and the module goes on.
    kernel.tune("tuned", "segments", "16").must();
    assert_eq!(tuned::segments().must(), 16);
}

/// kminstall(1M), `-u`: "keeps tunables". The value is the kernel's, and outlasts each image.
pub(super) fn a_tuned_value_outlasts_its_image(kernel: &'static Kernel, editions: &str) {
    start(kernel, editions);
    for round in 1..4 {
        kernel.load("tuned").must();
        let segments = round.to_string();
        kernel.tune("tuned", "segments", &segments).must();
        kernel.tune("tuned", "greeting", "default, again").must();
        kernel.unload("tuned").must();
        assert_eq!(kernel.tunables("tuned").must()[6].value(), segments);
        assert_eq!(kernel.tunables("tuned").must()[6].set_by(), TunedBy::Tuned);
        let found = tuned::at_load().must();
        let expected = DEFAULTS
            .replacen("40", &segments, 1)
            .replace("hello", "default, again");
        assert_eq!(found, expected, "before the load hook");
    }
}

/// kmupdate(1M): "A module that was loaded is loaded again", with what was tuned.
pub(super) fn an_upgrade_keeps_what_was_tuned(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    kernel.load("tuned").must();
    for (tunable, value) in [("segments", "65"), ("mode", "write-through")] {
        kernel.tune("tuned", tunable, value).must();
    }
    editions.install("tuned-2");
    let error = kernel.upgrade("tuned").expect_err("65 is too much");
    says(
        &error,
        &["`tuned.segments` can't be `65`", "an integer from 1 to 64"],
    );
    assert_eq!(tuned::segments().must(), 65, "the old version serves");
    kernel.tune("tuned", "segments", "64").must();
    kernel.upgrade("tuned").must();
    let expected = "64 true 3 0.1 hello WriteThrough 90s 3MiB";
    assert_eq!(tuned::at_load().must(), expected);
    assert_eq!(tuned::now().must(), expected);
    kernel
        .tune("tuned", "level", "1")
        .expect_err("version 1 had it");
}

pub(super) fn readers_find_the_old_value_or_the_new_one(kernel: &'static Kernel, editions: &str) {
    start(kernel, editions);
    kernel.load("tuned").must();
    let [short, long] = ["a", "b"].map(|letter| letter.repeat(64));
    kernel.tune("tuned", "greeting", &short).must();
    let ends = AtomicBool::new(false);
    thread::scope(|scope| {
        let reader = || {
            while !ends.load(Relaxed) {
                let text = tuned::greeting().must();
                assert!(text == short || text == long, "{text}");
                let number = tuned::segments().must();
                assert!([40, 1, 4096].contains(&number), "{number}");
            }
        };
        let readers = [scope.spawn(reader), scope.spawn(reader)];
        for _ in 0..500 {
            kernel.tune("tuned", "greeting", &long).must();
            kernel.tune("tuned", "segments", "4096").must();
            kernel.tune("tuned", "greeting", &short).must();
            kernel.tune("tuned", "segments", "1").must();
        }
        ends.store(true, Relaxed);
        for reader in readers {
            reader.join().expect("no panic");
        }
    });
}

pub(super) fn a_hook_can_change_nothing_of_its_module(kernel: &'static Kernel, editions: &str) {
    start(kernel, editions);
    kernel.load("tuned").must();
    plan::errand("resized", move || {
        let error = kernel.tune("tuned", "mode", "write-through");
        let error = error.expect_err("in a hook");
        assert!(matches!(error, TunableError::Inside { .. }), "{error:?}");
        let error = kernel.unload("tuned").expect_err("in a hook");
        assert!(matches!(error, UnloadError::Busy { .. }), "{error:?}");
        kernel.upgrade("tuned").expect_err("in a hook");
        // A call finds the old value.
        assert_eq!(tuned::segments().must(), 40);
    });
    kernel.tune("tuned", "segments", "15").must();
    assert_eq!(tuned::now().must(), DEFAULTS.replacen("40", "15", 1));
    assert_eq!(plan::notes(), ["resized"]);
    kernel.unload("tuned").must();
}

pub(super) fn texts_leave_no_memory_behind(kernel: &'static Kernel, editions: &str) {
    start(kernel, editions);
    let much = "x".repeat(1_000_000);
    kernel.load("tuned").must();
    kernel.tune("tuned", "greeting", &much).must();
    kernel.tune("tuned", "greeting", &much[1..]).must();
    // Not by a call: what a module returns counts as its own.
    let all = kernel.tunables("tuned").must();
    let lengths: Vec<_> = all.iter().map(|one| one.value().len()).collect();
    assert!(lengths.contains(&999_999), "{lengths:?}");
    kernel.unload("tuned").must();
    let snapshot = kernel.snapshot();
    let left = snapshot.module("tuned").expect("it was loaded").left();
    assert!(left < 100_000, "{left} bytes");
}
