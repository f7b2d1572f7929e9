//! Real file systems: a full one, a read-only one, and the owners of files.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use nix::unistd::Uid;

use super::faults::apply;
use super::modules::{by, changes};
use crate::error::Error;
use crate::root::Root;

/// A small file system in memory, until it is dropped. `None` if this system does not allow one.
struct Tmpfs(
    PathBuf,
    #[expect(dead_code, reason = "removed at the end")] tempfile::TempDir,
);

impl Tmpfs {
    fn new(test: &str) -> Option<Self> {
        let skipped = |why: &str| {
            let _ = writeln!(std::io::stderr(), "{test} is skipped: {why}");
        };
        if !Uid::effective().is_root() {
            skipped("only root may mount a file system");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("root");
        fs::create_dir(&place).unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=256k,mode=700", "tmpfs"]);
        match mount.arg(&place).output() {
            Ok(output) if output.status.success() => Some(Tmpfs(place, folder)),
            other => {
                skipped(&format!("no file system can be mounted: {other:?}"));
                None
            }
        }
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[test]
fn what_root_changes_stays_with_the_owner_of_the_folder() {
    if !Uid::effective().is_root() {
        let _ = writeln!(
            std::io::stderr(),
            "what_root_changes_stays_with_the_owner_of_the_folder is skipped: not root"
        );
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let owner = (12_345, 12_346);
    chown(folder.path(), Some(owner.0), Some(owner.1)).unwrap();
    let root = Root::open(folder.path()).unwrap();
    let locked = root.lock(Duration::ZERO).unwrap();
    apply(&locked, &changes("shm.pages=1"), None).unwrap();
    fs::write(folder.path().join("registry"), "").unwrap();
    locked.assign("c", "x", 1..=2, &by("")).unwrap();
    let owner_of = |name: &str| {
        let about = fs::metadata(folder.path().join(name)).unwrap();
        (about.uid(), about.gid())
    };
    for name in [".lock", "system", "log", "saved", "saved/backup"] {
        assert_eq!(owner_of(name), owner, "{name}");
    }
    assert_eq!(
        owner_of("registry"),
        (0, owner_of("registry").1),
        "a file keeps its own owner"
    );
}

/// Fills the file system, but for some bytes.
fn fill(root: &Path, free: usize) {
    let mut filler = File::create(root.join("filler")).unwrap();
    let mut size = 0;
    while filler.write_all(&[0; 1024]).is_ok() {
        size += 1024_usize;
    }
    filler.set_len(size.saturating_sub(free) as u64).unwrap();
}

fn system(root: &Path) -> Vec<u8> {
    fs::read(root.join("system")).unwrap()
}

#[test]
fn a_full_disk_keeps_the_old_files() {
    let Some(tmpfs) = Tmpfs::new("a_full_disk_keeps_the_old_files") else {
        return;
    };
    let folder = &tmpfs.0;
    let root = Root::open(folder).unwrap();
    apply(
        &root.lock(Duration::ZERO).unwrap(),
        &changes("shm.pages=1"),
        None,
    )
    .unwrap();
    let (mut failed, mut made) = (0, 1);
    for pages in 0..10 {
        fill(folder, pages * 4096);
        let before = system(folder);
        let locked = root.lock(Duration::ZERO).unwrap();
        let change = format!("shm.pages={}", pages + 2);
        match apply(&locked, &changes(&change), None) {
            Ok(()) => made += 1,
            Err(Error::Io { source, .. }) => {
                assert_eq!(source.kind(), std::io::ErrorKind::StorageFull);
                assert_eq!(system(folder), before);
                failed += 1;
            }
            Err(other) => panic!("{other}"),
        }
        assert_eq!(locked.log().unwrap().entries().len(), made);
        drop(locked);
        fs::remove_file(folder.join("filler")).unwrap();
        drop(root.lock(Duration::ZERO).unwrap());
        let left = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name());
        let mut left: Vec<_> = left.collect();
        left.sort();
        assert_eq!(left, [".lock", "log", "saved", "system"]);
    }
    assert!(failed > 2 && made > 2, "{failed} failed, {made} were made");
}

#[test]
fn a_file_system_for_reading_only_is_told() {
    let Some(tmpfs) = Tmpfs::new("a_file_system_for_reading_only_is_told") else {
        return;
    };
    fs::write(tmpfs.0.join("system"), "version 1\n").unwrap();
    let mount = Command::new("mount")
        .args(["-o", "remount,ro"])
        .arg(&tmpfs.0)
        .status();
    assert!(mount.unwrap().success());
    let root = Root::open(&tmpfs.0).unwrap();
    assert!(root.system().unwrap().is_some());
    let error = root.lock(Duration::ZERO).unwrap_err();
    assert!(matches!(error, Error::ReadOnly { .. }), "{error}");
}
