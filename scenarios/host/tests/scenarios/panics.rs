//! What a process prints and how it ends when a module panics.

use std::os::unix::process::ExitStatusExt;

use scenario_bounded::Bounded;

use crate::scenario::{boundary, threads};
use crate::support::{root, stderr};

#[test]
fn an_uncaught_panic_ends_the_host_as_its_own_would() {
    let output = boundary::panic_uncaught().run(root(), "");
    assert_eq!(output.status.code(), Some(101));
    let text = stderr(&output);
    assert_eq!(
        text.matches("panicked at").count(),
        1,
        "reported once: {text}"
    );
    for part in [
        "`panics`",
        "`panics::panic`",
        "src/lib.rs:",
        "formatted: String",
    ] {
        assert!(text.contains(part), "{text}");
    }
}

/// Two panics at once end a process without modules as well. The message names the module that
/// caused the second.
#[test]
fn a_panic_while_another_unwinds_ends_the_process() {
    let output = boundary::panic_while_panicking().run(root(), "");
    let text = stderr(&output);
    const SIGABRT: i32 = 6;
    assert_eq!(output.status.signal(), Some(SIGABRT), "{text}");
    for part in ["the host's own", "`panics::panic`", "a plain text"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn a_panic_of_a_modules_thread_is_printed_with_its_module() {
    let output = threads::thread_panics().succeed(root());
    let text = stderr(&output);
    assert!(text.contains("module `threads`"), "{text}");
    assert!(text.contains("no more milk"), "{text}");
}

/// What `panics_of_modules_that_come_and_go` prints, by its paragraphs. The numbers of threads are
/// left out.
fn paragraphs(backtrace: &str) -> Vec<(String, String)> {
    let scenario = boundary::panics_of_modules_that_come_and_go();
    let mut host = scenario.host(root());
    let output = host.env("RUST_BACKTRACE", backtrace).bounded();
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    let paragraphs = text.split("-- ").skip(1).map(|paragraph| {
        let (name, text) = paragraph.split_once('\n').expect("two lines");
        let (before, thread) = text.split_once(" (").expect("the number of a thread");
        let (number, after) = thread.split_once(") ").expect("its end");
        assert!(number.parse::<u32>().is_ok(), "{text}");
        (name.to_owned(), format!("{before} {after}"))
    });
    paragraphs.collect()
}

/// Where module `panics` panics.
fn place() -> String {
    let source = include_str!("../../../modules/panics/src/lib.rs");
    let mut lines = source.lines().zip(1..);
    let found = lines.find_map(|(line, number)| Some((line.find("panic!(\"formatted")?, number)));
    let (column, line) = found.expect("it panics");
    format!("scenarios/modules/panics/src/lib.rs:{line}:{}", column + 1)
}

#[test]
fn a_panic_of_a_module_is_printed_as_one_of_the_host() {
    let note = "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n";
    let place = place();
    let what = "module `panics`, function `panics::panic`: formatted: String\n";
    let mut paragraphs = paragraphs("0").into_iter();
    let (_, host) = paragraphs.next().expect("the host's own panic");
    assert!(
        host.ends_with(&format!(":\nthe host's own\n{note}")),
        "{host}"
    );
    let named = |name| format!("\nthread '{name}' panicked at {place}:\n{what}");
    let (_, first) = paragraphs.next().expect("the first panic of a module");
    assert_eq!(first, named("main") + note);
    for (paragraph, text) in paragraphs {
        let thread = match paragraph.as_str() {
            "in a thread" => "a name",
            _ => "main",
        };
        assert_eq!(text, named(thread), "{paragraph}");
    }
}

/// The last name of the function in a line of a backtrace, without a hash.
fn function_in(line: &str) -> &str {
    let name = match line.rsplit_once("::h") {
        Some((name, hash)) if hash.len() == 16 => name,
        _ => line,
    };
    name.rsplit([' ', ':']).next().unwrap_or(name)
}

/// std lists the mapped objects at its first backtrace, and keeps the list.
#[test]
fn a_backtrace_names_what_was_loaded_after_an_earlier_one() {
    for style in ["1", "full"] {
        let paragraphs = paragraphs(style);
        assert_eq!(paragraphs.len(), 6);
        for (paragraph, text) in &paragraphs[1..] {
            let context = format!("RUST_BACKTRACE={style}, {paragraph}:\n{text}");
            let place = place();
            let head = format!(
                " panicked at {place}:\nmodule `panics`, function `panics::panic`: formatted: String\n\
                 stack backtrace:\n   0: "
            );
            assert!(text.contains(&head), "{context}");
            let (_, frames) = text.split_once("stack backtrace:\n").expect("it is there");
            let mut lines = frames.lines();
            let mut functions = vec!["panic"];
            if paragraph.starts_with("through") {
                functions.push("relay_uncaught");
            }
            for function in functions {
                let found = lines.find(|line| function_in(line) == function);
                assert!(found.is_some(), "{function} in {context}");
                // Optimised code may have merged this panic with another, so that it has no line.
                if function == "panic" && cfg!(debug_assertions) {
                    let next = lines.next().unwrap_or_default();
                    assert!(next.ends_with(&place), "{next} in {context}");
                }
            }
            let host = lines.any(|line| line.contains("src/scenario/boundary.rs:"));
            assert!(host, "{context}");
            let short = style == "1";
            assert_eq!(
                frames.contains("__rust_begin_short_backtrace"),
                !short,
                "{context}"
            );
            assert_eq!(frames.contains("    0x"), !short, "{context}");
            if short {
                assert!(!frames.contains("<unknown>"), "{context}");
                let note = "note: Some details are omitted, run with `RUST_BACKTRACE=full` for a \
                            verbose backtrace.\n";
                assert!(frames.ends_with(note), "{context}");
            }
        }
    }
}

/// Each copy of std keeps what it has read of symbols, also when its image is closed.
#[test]
fn sixteen_images_name_their_functions() {
    let mut host = boundary::panics_of_many_images().host(root());
    let output = host.env("RUST_BACKTRACE", "1").bounded();
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    let frames: Vec<&str> = text.split("stack backtrace:\n").skip(1).collect();
    assert_eq!(frames.len(), 20, "{text}");
    for (number, frames) in frames.into_iter().enumerate() {
        // A function of the image's std.
        let named = frames.contains("rust_begin_unwind");
        assert_eq!(named, number < 16, "{number}: {frames}");
        assert_eq!(
            frames.contains(": <panics.so+0x"),
            number >= 16,
            "{number}: {frames}"
        );
        assert_eq!(
            frames.contains(": <program+0x"),
            number >= 16,
            "{number}: {frames}"
        );
        assert!(!frames.contains("<unknown>"), "{frames}");
    }
}

/// Such a hook cannot be given the place of the panic, so its text has all.
#[test]
fn a_hook_of_the_host_gets_a_text_with_place_and_backtrace() {
    let scenario = boundary::panics_beside_a_hook_of_the_host();
    let run = |backtrace: &str| {
        let mut host = scenario.host(root());
        stderr(&host.env("RUST_BACKTRACE", backtrace).bounded())
    };
    let place = place();
    let text = format!(
        "-- the host's hook: module `panics`, function `panics::panic`, at {place}: formatted: String\n"
    );
    let off = run("0");
    assert!(
        off.starts_with(&format!("{text}-- the one before:\n\nthread 'main' ")),
        "{off}"
    );
    assert!(off.contains(&format!(") panicked at {place}:\n")), "{off}");
    assert!(
        off.contains("-- the host's hook: the host's own\n-- the one before:\n"),
        "{off}"
    );
    assert_eq!(off.matches("panicked at").count(), 2, "{off}");
    let short = run("1");
    assert!(
        short.starts_with(&format!("{text}stack backtrace:\n   0: ")),
        "{short}"
    );
}
