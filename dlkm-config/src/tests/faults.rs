//! All operations, with faults at each step.

use super::steps::{lock, walk};
use crate::error::Error;
use crate::lock::Locked;
use crate::memory::Memory;

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

#[test]
fn a_damaged_list_of_a_change_is_reported_and_harms_nothing() {
    let root = std::path::Path::new(crate::memory::ROOT);
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
