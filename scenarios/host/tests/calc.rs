//! Modules behind an interface of ABI C: built by this compiler, by what claims to be another
//! one, and in C. See `src/scenario/calc.rs`.

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dlkm_rt::metadata::{Metadata, ModuleState};
use support::{run, stderr, succeed};

scenarios! {
    calc
    calc_panics
    calc_callback_panics
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

/// The header in `modules/calc`, which is what `dlkm header` writes; `BLESS=1` writes it anew.
#[test]
fn the_header() {
    let image = Metadata::read(&support::root().join("calc.so")).expect("built before");
    let header = dlkm_tools::c_header(image.interfaces()).expect("of ABI C");
    let file = source("calc.h");
    if std::env::var_os("BLESS").is_some() {
        fs::write(&file, &header).expect("written");
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        committed == header,
        "{} is old: BLESS=1 writes it anew",
        file.display()
    );
}

#[test]
fn no_header_of_an_interface_of_rust() {
    let image = Metadata::read(&support::root().join("mixed.so")).expect("built before");
    let error = dlkm_tools::c_header(image.interfaces()).expect_err("not of ABI C");
    assert_eq!(
        error.to_string(),
        "the ABI of interface `mixed-rust` is not C; declare it with `#[module(abi = \"C\")]`"
    );
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../modules/calc")
        .join(name)
}

/// The module in C, with these options for its compiler; `None` if there is no compiler.
fn in_c(options: &[&str]) -> Option<tempfile::TempDir> {
    if Command::new("cc").arg("--version").output().is_err() {
        eprintln!("skipped: there is no C compiler, `cc`");
        return None;
    }
    let root = tempfile::tempdir().expect("a temporary folder");
    let output = Command::new("cc")
        .args([
            "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
        ])
        .args(options)
        .arg("-o")
        .arg(root.path().join("calc.so"))
        .arg(source("calc.c"))
        .output()
        .expect("cc starts");
    assert!(output.status.success(), "{}", stderr(&output));
    Some(root)
}

#[test]
fn written_in_c() {
    for options in [
        &["-O0"][..],
        &[
            "-O2",
            "-fvisibility=hidden",
            "-Wl,--gc-sections",
            "-Wl,-z,now",
        ],
    ] {
        let Some(root) = in_c(options) else { return };
        succeed(root.path(), "calc");
        succeed(root.path(), "calc_callback_panics");
        prints(
            &refusal(root.path(), "load"),
            &["its load hook failed: No such device (os error 19)"],
        );
        prints(
            &refusal(root.path(), "text"),
            &["its load hook failed: there is no abacus"],
        );
    }
}

#[test]
fn metadata_from_c() {
    let Some(root) = in_c(&["-mavx2"]) else {
        return;
    };
    let c = Metadata::read(&root.path().join("calc.so")).expect("a module");
    let rust = Metadata::read(&support::root().join("calc.so")).expect("built before");
    assert_eq!(c.interfaces(), rust.interfaces());
    assert_eq!(
        (c.name(), c.version(), c.desc()),
        ("calc", "1.2.3", "calculates, in C")
    );
    assert!(c.build().features().any(|feature| feature == "avx2"));
    assert!(
        c.supports(ModuleState::Auto)
            && c.supports(ModuleState::Loaded)
            && !c.supports(ModuleState::Static)
    );
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
