//! The errors that a user sees.

mod common;

use std::error::Error as _;

use common::{Sandbox, driver, stderr};
use dlkm_tools::{Build, Error};

#[test]
fn a_compile_error_is_shown_and_ends_with_cargos_exit_code() {
    let sandbox = Sandbox::new("fail-compile");
    sandbox.module(
        "fail-compile",
        &driver("fail-compile").replace("a + b", "a + missing"),
    );
    let output = sandbox.cargo_dlkm(&["build", "--root", "root"]);
    assert_eq!(output.status.code(), Some(101));
    let text = stderr(&output);
    assert!(text.contains("cannot find value `missing`"), "{text}");
    assert!(
        text.contains("error: could not build package `fail-compile` (cargo: exit status: 101)"),
        "{text}"
    );
    assert!(!sandbox.dir.join("root").exists());

    // In a quiet build, the error contains rustc's messages.
    let error = sandbox.build().run().unwrap_err();
    assert!(
        matches!(&error, Error::Cargo { package, .. } if package == "fail-compile"),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("cannot find value `missing`"),
        "{error}"
    );
}

#[test]
fn a_second_module_of_a_crate_is_one_error_that_names_the_first() {
    let sandbox = Sandbox::new("fail-second");
    let first = driver("fail-second");
    let line = first.lines().position(|line| line.starts_with("#[module"));
    let line = line.expect("the driver's module") + 1;
    let second = "
mod second {
    #[dlkm_rt::module(name = \"fail-second-other\")]
    mod inside {}
}
";
    sandbox.module("fail-second", &format!("{first}{second}"));
    let output = sandbox.cargo_dlkm(&["build", "--root", "root"]);
    assert_eq!(output.status.code(), Some(101));
    let text = stderr(&output);
    let expected = format!(
        "error: an image has one module, and the one at crates/fail-second/src/lib.rs:{line} comes first: \
         move this one to a crate of its own, or provide both interfaces with one module, as \
         `#[module]` on a `mod` does; a crate can have several modules only if programs link it \
         statically"
    );
    assert!(text.contains(&expected), "{text}");
    assert!(
        text.contains("#[dlkm_rt::module(name = \"fail-second-other\")]"),
        "{text}"
    );
    // The others say that the crate and the image could not be built.
    let errors = text
        .lines()
        .filter(|line| line.starts_with("error"))
        .count();
    assert_eq!(errors, 3, "{text}");

    // Linked statically.
    let mut cargo = sandbox.command(env!("CARGO"));
    let output = cargo
        .args(["build", "--offline", "--quiet", "--package", "fail-second"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn rustc_reports_source_that_does_not_parse() {
    let sandbox = Sandbox::new("fail-parse");
    sandbox.module("fail-parse", "//! Broken.\nfn {\n");
    let error = sandbox.build().run().unwrap_err();
    assert!(error.to_string().contains("unclosed delimiter"), "{error}");
}

#[test]
fn a_missing_package_and_one_without_a_library_are_errors() {
    let sandbox = Sandbox::new("fail-package");
    sandbox.module("fail-package", &driver("fail-package"));
    sandbox.write(
        "crates/fail-bin/Cargo.toml",
        "[package]\nname = \"fail-bin\"\nedition = \"2024\"\n",
    );
    sandbox.write("crates/fail-bin/src/main.rs", "fn main() {}\n");

    let error = sandbox.build().package("fail-typo").run().unwrap_err();
    assert!(matches!(error, Error::NoSuchPackage { .. }), "{error:?}");
    assert!(error.to_string().contains("`fail-package`"), "{error}");
    let error = sandbox.build().package("fail-bin").run().unwrap_err();
    assert!(matches!(error, Error::NoLibrary { .. }), "{error:?}");
}

#[test]
fn a_folder_without_a_workspace_is_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let error = Build::new(dir.path()).quiet().run().unwrap_err();
    assert!(matches!(error, Error::Workspace { .. }), "{error:?}");
    assert!(
        error.source().unwrap().to_string().contains("Cargo.toml"),
        "{error:?}"
    );
    let error = Build::new(dir.path().join("nowhere"))
        .quiet()
        .run()
        .unwrap_err();
    assert!(matches!(error, Error::Workspace { .. }), "{error:?}");
}

#[test]
fn a_module_root_that_cannot_be_created_is_an_error() {
    let sandbox = Sandbox::new("fail-root");
    sandbox.module("fail-root", &driver("fail-root"));
    let error = sandbox.build().root("Cargo.toml").run().unwrap_err();
    assert!(matches!(error, Error::Install { .. }), "{error:?}");
    assert!(
        error.to_string().contains("Cargo.toml/fail-root.so"),
        "{error}"
    );
    assert!(error.source().is_some());
}
