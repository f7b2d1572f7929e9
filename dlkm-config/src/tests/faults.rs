//! All operations, with faults at each step.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use dlkm_system::Verify;
use dlkm_verify::{Digest, ImageRecord, signature_path};

use super::image::image;
use super::modules::{by, changes, inventory, metadata};
use super::steps::{Operation, lock, walk};
use crate::backup::Backup;
use crate::change::Change;
use crate::error::Error;
use crate::lock::Locked;
use crate::memory::{Memory, ROOT};
use crate::plan::Plan;
use crate::plan_options::PlanOptions;

/// Changes the system file.
pub(super) fn apply(
    locked: &Locked,
    changes: &[Change],
    backup: Option<Backup>,
) -> Result<(), Error> {
    let text = locked.system_text()?;
    let plan = Plan::new(
        text.as_deref(),
        &inventory(),
        changes,
        PlanOptions::default(),
    );
    let plan = plan.unwrap_or_else(|refusals| panic!("{refusals:?}"));
    locked.apply(&plan, &by("because"), backup).map(drop)
}

fn nothing(_: &Locked) -> Result<(), Error> {
    Ok(())
}

fn put(locked: &Locked, files: &[(&str, &str)]) -> Result<(), Error> {
    let mut transaction = locked.transaction();
    for (name, text) in files {
        transaction.put(name, text.as_bytes().to_vec());
    }
    transaction.commit()
}

#[test]
fn a_change_of_one_file_leaves_the_old_or_the_new() {
    let old = |locked: &Locked| put(locked, &[("system", "version 1\n")]);
    let steps = walk("new", &nothing, &old);
    assert_eq!(steps, 5, "create, write, sync, rename, sync of the folder");
    walk("replace", &old, &|locked| {
        put(locked, &[("system", "other")])
    });
    walk("in a folder", &old, &|locked| {
        put(locked, &[("saved/a", "x")])
    });
    walk("remove", &old, &|locked| {
        let mut transaction = locked.transaction();
        transaction.remove("system");
        transaction.commit()
    });
}

#[test]
fn a_change_of_several_files_leaves_all_old_or_all_new() {
    let old = |locked: &Locked| put(locked, &[("system", "s1"), ("saved/gone", "g")]);
    let new = |locked: &Locked| {
        let mut transaction = locked.transaction();
        transaction.put("system", b"s2".to_vec());
        transaction.put("log", b"l".to_vec());
        transaction.put("saved/backup", b"b".to_vec());
        transaction.remove("saved/gone");
        transaction.commit()
    };
    let steps = walk("several", &old, &new);
    assert!(steps > 15, "{steps}");
}

/// A root in use: with a system file, a saved configuration and a log.
fn used(locked: &Locked) -> Result<(), Error> {
    apply(locked, &changes("shm=auto shm.pages=3"), None)?;
    locked.assign("major", "disk", 64..=65, &by(""))?;
    locked.put_records(records(b"one"), &[], &by(""))?;
    locked.save("night", b"version 1\nmodule shm unused\n", false, &by(""))
}

/// An image on the real disk, to be installed; and one with a signature.
fn built() -> &'static [PathBuf; 2] {
    static BUILT: LazyLock<(tempfile::TempDir, [PathBuf; 2])> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        let files = ["libnew.so", "libsigned.so"].map(|name| folder.path().join(name));
        for file in &files {
            let text = metadata("new-one", "1.0.0", "auto", "", &[]);
            std::fs::write(file, image(text.as_bytes())).unwrap();
        }
        // Any bytes: they are not looked at.
        std::fs::write(signature_path(&files[1]), "a signature").unwrap();
        (folder, files)
    });
    &BUILT.1
}

fn records(image: &[u8]) -> Vec<ImageRecord> {
    vec![ImageRecord {
        module: "shm".to_owned(),
        version: "1.0.0".to_owned(),
        digest: Digest::of(image),
    }]
}

#[test]
fn every_operation_leaves_the_old_or_the_new() {
    let verify = [Change::Verify(Verify::Warn)];
    let all: &[(&str, Operation<'_>)] = &[
        ("apply", &|locked| {
            apply(locked, &changes("shm=loaded net=auto"), None)
        }),
        ("apply without a backup", &|locked| {
            apply(locked, &verify, Some(Backup::No))
        }),
        ("comment", &|locked| locked.comment(&by("only this"))),
        ("save", &|locked| {
            locked.save("day", b"version 1\n", false, &by(""))
        }),
        ("save over", &|locked| {
            locked.save("night", b"version 1\n", true, &by(""))
        }),
        ("copy", &|locked| {
            locked.copy("night", "day", false, &by(""))
        }),
        ("rename", &|locked| match locked.saved_text("day") {
            Ok(_) => Ok(()),
            Err(_) => locked.rename("night", "day", false, &by("")),
        }),
        ("title", &|locked| {
            locked.set_title("night", "For the night", &by(""))
        }),
        ("delete", &|locked| locked.delete("night", &by(""))),
        ("assign", &|locked| {
            locked.assign("major", "shm", 64..=65, &by("")).map(drop)
        }),
        ("release", &|locked| match locked.numbers()?.is_empty() {
            true => Ok(()),
            false => locked.release("major", "disk", &by("")),
        }),
        ("record", &|locked| {
            locked.put_records(records(b"two"), &[], &by(""))
        }),
        ("forget", &|locked| locked.forget(&["shm"], &by(""))),
        ("install", &|locked| {
            locked.install(&built()[0], true, &by("")).map(drop)
        }),
        ("install with a signature", &|locked| {
            locked.install(&built()[1], true, &by("")).map(drop)
        }),
        ("tune the saved one", &|locked| {
            let text = locked.saved_text("night")?;
            let changes = changes("shm.pages=9");
            let plan = Plan::new(Some(&text), &inventory(), &changes, PlanOptions::default());
            locked.apply_to("night", &plan.unwrap(), &by("")).map(drop)
        }),
        ("load", &|locked| {
            let (old, new) = (locked.system_text()?, locked.saved_text("night")?);
            let options = PlanOptions::default();
            let plan = Plan::replace(old.as_deref(), &new, &inventory(), true, options);
            locked.apply(&plan.unwrap(), &by(""), None).map(drop)
        }),
    ];
    for (name, operation) in all {
        walk(name, &used, operation);
    }
    // The first change of a root without any file.
    walk("first", &nothing, &|locked| {
        apply(locked, &changes("shm=unused"), None)
    });
}

#[test]
fn a_full_log_goes_on_in_a_new_file() {
    let long = "x".repeat(4000);
    let fill = |locked: &Locked| {
        for _ in 0..64 {
            locked.comment(&by(&long))?;
        }
        Ok(())
    };
    let memory = Memory::new();
    let locked = lock(&memory).unwrap();
    fill(&locked).unwrap();
    let sizes = || {
        let files = memory.files();
        ["log", "log.1"].map(|name| files.get(&Path::new(ROOT).join(name)).map(String::len))
    };
    assert_eq!(sizes()[1], None);
    locked.comment(&by(&long)).unwrap();
    let [new, former] = sizes();
    assert!(
        new.unwrap() < 5_000 && former.unwrap() <= crate::limits::LOG,
        "{new:?} {former:?}"
    );
    assert_eq!(
        locked.log().unwrap().entries().len(),
        65,
        "both files are read"
    );
    drop(locked);
    walk("rotation", &fill, &|locked| locked.comment(&by(&long)));
}

#[test]
fn a_damaged_list_of_a_change_is_reported_and_harms_nothing() {
    let root = Path::new(ROOT);
    let memory = Memory::new();
    for bad in ["put ../../etc/passwd\n", "put .lock\n", "\u{1b}\n", "put\n"] {
        let files: &dyn crate::FileSystem = &memory;
        let mut out = files.create(&root.join(".commit"), root).unwrap();
        out.write(b"put system\n").unwrap();
        out.write(bad.as_bytes()).unwrap();
        let error = lock(&memory).unwrap_err().to_string();
        assert!(error.starts_with("`/modules/.commit`, line 2: "), "{error}");
        files.remove(&root.join(".commit")).unwrap();
    }
    lock(&memory).unwrap();
}
