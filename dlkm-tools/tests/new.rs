//! `cargo dlkm new` makes a workspace that builds, runs and passes its tests and all checks at once.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use common::{Sandbox, stderr};

/// The folder above the new workspace. Files of an earlier run are removed.
fn empty(name: &str) -> Sandbox {
    let sandbox = Sandbox::new(name);
    fs::remove_file(sandbox.dir.join("Cargo.toml")).unwrap();
    let _ = fs::remove_file(sandbox.dir.join("Cargo.lock"));
    sandbox
}

fn checkout() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/..")
}

#[track_caller]
fn passes(mut command: Command) -> Output {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{command:?}: {text}{}",
        stderr(&output)
    );
    output
}

/// Every file below `folder`, with its text.
fn files(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => found.extend(files(&path)),
            false => found.push((
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )),
        }
    }
    found.sort();
    found
}

#[test]
fn the_new_workspace_passes_everything_at_once() {
    let mut sandbox = empty("new-passes");
    let output = sandbox.cargo_dlkm(&["new", "new-words", "--path", checkout()]);
    assert!(output.status.success(), "{}", stderr(&output));
    sandbox.dir.push("new-words");
    let cargo = |arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO"));
        command.args(arguments);
        command
    };
    let dlkm = |arguments: &[&str]| {
        let mut command = sandbox.command(env!("CARGO_BIN_EXE_cargo-dlkm"));
        command.arg("dlkm").args(arguments);
        command
    };

    passes(cargo(&["fmt", "--check"]));
    // Built and installed, and not built again.
    let built = stderr(&passes(dlkm(&["build", "--offline"])));
    assert!(built.contains("Installed new-words 0.1.0"), "{built}");
    let built = stderr(&passes(dlkm(&["build", "--offline"])));
    assert!(built.contains("Unchanged new-words 0.1.0"), "{built}");
    assert!(!built.contains("Compiling"), "{built}");

    let run = passes(dlkm(&["run", "--offline", "--", "one two", ""]));
    assert_eq!(String::from_utf8_lossy(&run.stdout), "2 one two\n0 \n");
    let run = passes(dlkm(&["run", "--offline"]));
    let expected = "6 The first call loads the module.\n";
    assert_eq!(String::from_utf8_lossy(&run.stdout), expected);

    // Its own test builds the image.
    fs::remove_file(Sandbox::modules().join("new-words.so")).unwrap();
    let tested = passes(cargo(&["test", "--offline"]));
    let text = String::from_utf8_lossy(&tested.stdout);
    for test in [
        "any_white_space_separates_words ... ok",
        "the_first_call_loads_the_module ... ok",
    ] {
        assert!(text.contains(test), "{text}");
    }
    assert!(Sandbox::modules().join("new-words.so").is_file());

    // Linked in, it needs no image.
    fs::remove_file(Sandbox::modules().join("new-words.so")).unwrap();
    let linked = [
        "run",
        "--offline",
        "--package",
        "new-words-host",
        "--features",
        "new-words",
        "--",
        "a b c",
    ];
    let run = passes(cargo(&linked));
    assert_eq!(String::from_utf8_lossy(&run.stdout), "3 a b c\n");

    passes(cargo(&[
        "clippy",
        "--offline",
        "--all-targets",
        "--all-features",
        "--",
        "-D",
        "warnings",
    ]));
}

#[test]
fn without_a_checkout_it_depends_on_the_published_version() {
    let sandbox = empty("new-published");
    let output = sandbox.cargo_dlkm(&["new", "new-plain", "--quiet"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "");
    let folder = sandbox.dir.join("new-plain");
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert!(
        manifest.contains(&format!("dlkm-rt = \"{version}\"")),
        "{manifest}"
    );
    assert!(!folder.join("Cargo.lock").exists());
    // Cargo understands it, with each member.
    let mut metadata = sandbox.command(env!("CARGO"));
    metadata.current_dir(&folder);
    metadata.args(["metadata", "--no-deps", "--format-version=1"]);
    let text = String::from_utf8(passes(metadata).stdout).unwrap();
    for package in ["new-plain", "new-plain-api", "new-plain-host"] {
        assert!(text.contains(&format!("\"name\":{package:?}")), "{text}");
    }
}

/// Cargo could not read a workspace whose `members` include another workspace.
#[test]
fn in_another_workspace_a_note_says_what_to_exclude() {
    let sandbox = Sandbox::new("new-inside");
    fs::create_dir(sandbox.dir.join("crates")).unwrap();
    let output = sandbox.cargo_dlkm(&["new", "crates/new-inner"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let note = stderr(&output);
    assert!(
        note.contains("crates/new-inner is a workspace of its own"),
        "{note}"
    );
    let metadata = || {
        let mut metadata = sandbox.command(env!("CARGO"));
        let arguments = ["metadata", "--no-deps", "--format-version=1", "--offline"];
        metadata.args(arguments).output().unwrap()
    };
    assert!(!metadata().status.success());
    let manifest = "[workspace]\nmembers = [\"crates/*\"]\nexclude = [\"crates/new-inner\"]\n";
    sandbox.write("Cargo.toml", manifest);
    let output = metadata();
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn what_is_there_stays_as_it_is() {
    let sandbox = empty("new-exists");
    sandbox.write("word/notes.txt", "mine");
    fs::write(sandbox.dir.join("file"), "mine").unwrap();
    let before = files(&sandbox.dir);
    for name in ["word", "file"] {
        let output = sandbox.cargo_dlkm(&["new", name]);
        assert_eq!(output.status.code(), Some(1));
        let expected =
            format!("error: {name} exists already; choose another name, or remove it first\n");
        assert_eq!(stderr(&output), expected);
    }
    assert_eq!(files(&sandbox.dir), before);
}

#[test]
fn a_mistake_is_said_and_leaves_no_folder() {
    let sandbox = empty("new-mistakes");
    for (arguments, message) in [
        (
            &["new", "Words"] as &[&str],
            "error: `Words` can't be the name of a module: it does not begin with a small letter from a \
             to z; choose another name, such as `word-count`\n",
        ),
        (
            &["new", "a b"],
            "error: `a b` can't be the name of a module: it contains ' '; use letters from a to z, \
             digits, `-` and `_`; choose another name, such as `word-count`\n",
        ),
        (
            &["new", ".."],
            "error: `` can't be the name of a module: it does not begin with a small letter from a to \
             z; choose another name, such as `word-count`\n",
        ),
        (
            &["new", "words", "--path", "nowhere"],
            "error: nowhere is not a checkout of dlkm; --path takes the folder that contains \
             `dlkm-rt`\n",
        ),
        (
            &["new", "nowhere/words"],
            "error: could not create nowhere/words: No such file or directory (os error 2); create the \
             folder above it first\n",
        ),
    ] {
        let output = sandbox.cargo_dlkm(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert_eq!(stderr(&output), message);
        assert_eq!(files(&sandbox.dir), [], "{arguments:?}");
    }
}

/// Root may write everywhere, but not to a file system that no one may write to.
#[test]
fn a_folder_that_can_not_be_written_to_is_said() {
    let sandbox = empty("new-read-only");
    let folder = sandbox.dir.join("closed");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
    let is_root = fs::write(folder.join("probe"), "").is_ok();
    let place = match is_root {
        true => "/proc/words",
        false => "closed/words",
    };
    let output = sandbox.cargo_dlkm(&["new", place]);
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    let start = format!("error: could not create {place}: ");
    assert!(error.starts_with(&start), "{error}");
}
