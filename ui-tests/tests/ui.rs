//! Compiles each file of `fail/` and compares what rustc prints with the `.stderr` beside it;
//! compiles and runs each file of `pass/`.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the `.stderr` files anew; read them
//! before they are committed. `cargo test -p ui-tests -- compile_errors trybuild=NAME` runs the cases
//! whose path contains the name; so does `-- sound_code trybuild=NAME`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One call of Cargo checks all of them, on all processors. It would be one call for each if
/// `pass` cases were among them.
#[test]
fn compile_errors() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("fail/*.rs");
}

/// The runtime of this checkout.
const RUNTIME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dlkm-rt");

/// Each is a program of one package, so that one call of Cargo builds all of them.
#[test]
fn sound_code_compiles_and_runs() {
    let cases = cases("pass");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("workspaces/ui-pass");
    let mut manifest = format!(
        "[package]\nname = \"ui-pass\"\nedition = \"2024\"\n[workspace]\n\
         [lints.rust]\ndead_code = \"allow\"\n[profile.dev]\ndebug = false\nincremental = false\n\
         [dependencies]\ndlkm-rt = {{ path = {RUNTIME:?} }}\n"
    );
    for (name, file) in &cases {
        manifest += &format!("[[bin]]\nname = \"{name}\"\npath = {file:?}\n");
    }
    fs::create_dir_all(&folder).expect("the folder is made");
    fs::write(folder.join("Cargo.toml"), manifest).expect("the manifest is written");
    // The same dependencies as this checkout's, so that nothing has to be fetched.
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).expect("the lock file is copied");

    // Where the workspaces of other tests are built, so that the runtime is compiled once.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared");
    let built = Command::new(env!("CARGO"))
        .args([
            "build",
            "--quiet",
            "--offline",
            "--bins",
            "--keep-going",
            "--target-dir",
        ])
        .arg(&target)
        .current_dir(&folder)
        .output()
        .expect("cargo starts");
    let errors = String::from_utf8_lossy(&built.stderr);
    assert!(built.status.success(), "{errors}");

    let mut wrong = String::new();
    for (name, _) in &cases {
        let program = target.join("debug").join(name);
        let output = Command::new(program).output().expect("the program starts");
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            wrong += &format!("{name}: {}\n{errors}", output.status);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The cases of a folder, with their names, or those that the command line asks for.
fn cases(folder: &str) -> Vec<(String, PathBuf)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let wanted: Vec<String> = std::env::args()
        .filter_map(|argument| Some(argument.strip_prefix("trybuild=")?.to_owned()))
        .collect();
    let mut cases = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder of cases") {
        let file = entry.expect("a file of the folder").path();
        let path = file.to_string_lossy();
        let asked = wanted.is_empty() || wanted.iter().any(|one| path.contains(one));
        if asked && path.ends_with(".rs") {
            let name = file.file_stem().expect("a file's name").to_string_lossy();
            cases.push((name.into_owned(), file.clone()));
        }
    }
    assert!(!cases.is_empty() || !wanted.is_empty(), "no cases");
    cases.sort();
    cases
}
