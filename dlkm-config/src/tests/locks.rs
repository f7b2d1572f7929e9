//! The lock, on a real disk and between real processes.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use crate::disk::Disk;
use crate::error::Error;
use crate::memory::{Memory, ROOT};
use crate::root::Root;

/// The folder that a child process works in.
const FOLDER: &str = "DLKM_CONFIG_TEST_FOLDER";

/// This program again, as a child that runs one ignored test.
pub(super) fn command(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let arguments = [
        "--exact",
        test,
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ];
    command.args(arguments).env(FOLDER, folder);
    command
}

pub(super) fn child(test: &str, folder: &Path) -> Child {
    let mut command = command(test, folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

/// The folder that this child works in.
pub(super) fn folder() -> std::path::PathBuf {
    std::env::var_os(FOLDER).expect("a test starts this").into()
}

#[test]
#[ignore = "the child of other tests"]
fn holds_the_lock() {
    let _locked = Root::open(&folder()).unwrap().lock(Duration::ZERO).unwrap();
    println!("\nlocked");
    std::io::stdout().flush().unwrap();
    let _ = std::io::stdin().lines().next();
}

fn holder(root: &Path) -> Child {
    let mut child = child("tests::locks::holds_the_lock", root);
    let out = BufReader::new(child.stdout.as_mut().unwrap());
    assert!(out.lines().any(|line| line.unwrap() == "locked"));
    child
}

#[test]
fn another_process_waits_and_is_told_for_whom() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = holder(folder.path());
    let root = Root::open(folder.path()).unwrap();
    let error = root.lock(Duration::ZERO).unwrap_err().to_string();
    let who = format!("in use by process {} ", child.id());
    assert!(error.contains(&who), "{error}");
    let mut told = Vec::new();
    let locked = root.lock_with(Duration::from_secs(60), &mut |holder| {
        told.push(holder.to_owned());
        // The child ends at this line.
        child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    });
    locked.unwrap();
    assert!(
        told.len() == 1 && told[0].starts_with(&child.id().to_string()),
        "{told:?}"
    );
    child.wait().unwrap();
}

#[test]
fn a_killed_holder_holds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = holder(folder.path());
    child.kill().unwrap();
    child.wait().unwrap();
    let root = Root::open(folder.path()).unwrap();
    root.lock(Duration::ZERO).unwrap();
}

#[test]
fn a_lock_file_that_was_removed_keeps_others_out_no_longer_but_its_successor_does() {
    let folder = tempfile::tempdir().unwrap();
    let root = Root::open(folder.path()).unwrap();
    let first = root.lock(Duration::ZERO).unwrap();
    fs::remove_file(folder.path().join(".lock")).unwrap();
    let second = root.lock(Duration::ZERO).unwrap();
    drop(first);
    root.lock(Duration::ZERO).unwrap_err();
    drop(second);
    root.lock(Duration::ZERO).unwrap();
}

#[test]
fn a_read_only_root_can_be_read_and_says_why_it_cannot_be_changed() {
    let memory = Memory::new();
    memory.set_read_only(true);
    let root = Root::with(Path::new(ROOT), Arc::new(memory)).unwrap();
    assert!(root.system().unwrap().is_none());
    let error = root.lock(Duration::ZERO).unwrap_err();
    assert!(matches!(error, Error::ReadOnly { .. }));
    let error = error.to_string();
    assert!(
        error.starts_with("the module root `/modules` can't be changed: "),
        "{error}"
    );
}

#[test]
fn something_else_than_a_folder_is_no_root() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [&file, &folder.path().join("missing")] {
        let error = Root::open(path).unwrap_err();
        assert!(matches!(error, Error::NoRoot(_)), "{error}");
    }
    std::os::unix::fs::symlink(folder.path(), folder.path().join("link")).unwrap();
    Root::open(&folder.path().join("link")).unwrap();
}

#[test]
fn a_symbolic_link_in_the_place_of_a_file_is_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("elsewhere", folder.path().join("system")).unwrap();
    let locked = Root::with(folder.path(), Arc::new(Disk)).unwrap();
    let locked = locked.lock(Duration::ZERO).unwrap();
    let mut transaction = locked.transaction();
    transaction.put("system", b"version 1\n".to_vec());
    let error = transaction.commit().unwrap_err();
    assert!(matches!(error, Error::Link(_)), "{error}");
}

#[test]
fn a_replaced_file_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("system");
    fs::write(&file, "version 1\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    let locked = Root::open(folder.path())
        .unwrap()
        .lock(Duration::ZERO)
        .unwrap();
    let mut transaction = locked.transaction();
    transaction.put("system", b"version 1\nmodule a auto\n".to_vec());
    transaction.commit().unwrap();
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o640);
}
