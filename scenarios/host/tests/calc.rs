//! Modules behind an interface of ABI C: built by this compiler, by what claims to be another
//! one, and in C. See `src/scenario/calc.rs`.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use support::{run, stderr, succeed};

scenarios! {
    calc
    calc_panics
    mixed
}

/// An image that says of itself that another compiler built it.
fn by_another_compiler(module: &str) -> tempfile::TempDir {
    let mut image = fs::read(support::root().join(format!("{module}.so"))).expect("built before");
    for (from, to) in [("rustc=1.", "rustc=0."), ("commit=", "commit=0")] {
        let places: Vec<_> = (0..image.len() - from.len())
            .filter(|at| image[*at..].starts_with(from.as_bytes()))
            .collect();
        assert!(!places.is_empty(), "{from} stands in the image");
        for at in places {
            image[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    let root = tempfile::tempdir().expect("a temporary folder");
    fs::write(root.path().join(format!("{module}.so")), image).expect("written");
    root
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn prints(output: &Output, parts: &[&str]) {
    let text = stdout(output);
    for part in parts {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

/// What a hook's error looks like, with `CALC_REFUSES` set to `how`.
fn refusal(root: &Path, how: &str) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_scenario-host"))
        .arg(root)
        .arg("calc_hook_refuses")
        .env("CALC_REFUSES", how)
        .output()
        .expect("the host starts");
    assert!(output.status.success(), "{}", stderr(&output));
    output
}

#[test]
fn of_another_compiler() {
    let root = by_another_compiler("calc");
    succeed(root.path(), "calc");
    let output = succeed(root.path(), "calc_panics");
    // The host's hook hears of it once.
    let heard: Vec<_> = stdout(&output)
        .lines()
        .filter(|line| line.contains("too bad"))
        .map(str::to_owned)
        .collect();
    let [heard] = &heard[..] else {
        panic!("{heard:?}")
    };
    assert!(
        heard.contains("module `calc`, function `calc::fail`, at "),
        "{heard}"
    );
    assert_eq!(stderr(&output), "");
}

#[test]
fn hooks_that_refuse() {
    let other = by_another_compiler("calc");
    for root in [support::root(), other.path()] {
        prints(
            &refusal(root, "load"),
            &["its load hook failed: No such device (os error 19)"],
        );
        prints(
            &refusal(root, "panic"),
            &["its load hook panicked: the hook went wrong"],
        );
    }
}

#[test]
fn of_another_compiler_with_an_interface_of_rust() {
    let root = by_another_compiler("mixed");
    let output = succeed(root.path(), "mixed_is_refused");
    prints(
        &output,
        &[
            "mixed.so was not built for this host",
            "rustc: image 0.",
            "rustc commit: image",
        ],
    );
}

#[test]
fn of_another_target() {
    let root = by_another_compiler("calc");
    let file = root.path().join("calc.so");
    let mut image = fs::read(&file).expect("written before");
    for (from, to) in [(&b"target=x86_64"[..], &b"target=x86_32"[..])] {
        for at in 0..image.len() - from.len() {
            if image[at..].starts_with(from) {
                image[at..at + to.len()].copy_from_slice(to);
            }
        }
    }
    fs::write(&file, image).expect("written");
    let output = run(root.path(), "calc_hook_refuses", "");
    assert!(output.status.success(), "{}", stderr(&output));
    prints(&output, &["target: image x86_32"]);
}
