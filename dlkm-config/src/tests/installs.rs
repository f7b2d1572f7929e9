//! Installations of several images: all of them, or none.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::image::image;
use super::modules::{by, metadata};
use super::steps::{lock, walk};
use crate::error::Error;
use crate::lock::Locked;
use crate::memory::{Fault, Memory};

/// Images on the real disk, to be installed.
fn built(count: usize) -> (TempDir, Vec<PathBuf>) {
    let folder = tempfile::tempdir().unwrap();
    let build = |number| {
        let name = format!("m{number}");
        let file = folder.path().join(format!("lib{name}.so"));
        let text = metadata(&name, "1.0.0", "auto", "", &[]);
        fs::write(&file, image(text.as_bytes())).unwrap();
        file
    };
    let images = (0..count).map(build).collect();
    (folder, images)
}

fn install(locked: &Locked, images: &[PathBuf]) -> Result<usize, Error> {
    let images: Vec<&Path> = images.iter().map(PathBuf::as_path).collect();
    let mut copied = 0;
    let done = locked.install_all(&images, false, &by(""), &mut || copied += 1)?;
    assert_eq!(done.len(), copied);
    Ok(copied)
}

fn with_system(locked: &Locked) -> Result<(), Error> {
    let mut transaction = locked.transaction();
    transaction.put("system", b"version 1\n".to_vec());
    transaction.commit()
}

#[test]
fn many_images_are_installed_together_or_not_at_all() {
    let (_folder, images) = built(3);
    walk(
        "install three",
        &with_system,
        &|locked| match locked.image_records()?.is_empty() {
            true => install(locked, &images).map(drop),
            false => Ok(()),
        },
    );
}

/// The files of the root are written once, however many images there are.
#[test]
fn the_work_for_each_of_many_images_is_the_same() {
    let steps = |count: usize| {
        let (_folder, images) = built(count);
        let memory = Memory::new();
        let locked = lock(&memory).unwrap();
        with_system(&locked).unwrap();
        memory.fail_at(usize::MAX, Fault::Full);
        assert_eq!(install(&locked, &images).unwrap(), count);
        assert_eq!(locked.log().unwrap().entries().len(), 1);
        memory.steps()
    };
    let few = steps(2);
    // Of each one: create, write, sync, rename.
    assert_eq!(steps(20), few + 18 * 4);
    // Of `digests`, `log` and `system`, too; and the list of all, and the syncs of the folder.
    assert_eq!(few, 2 * 4 + 3 * 4 + 9);
}

#[test]
fn one_bad_image_keeps_out_all() {
    let (folder, mut images) = built(2);
    let memory = Memory::new();
    let locked = lock(&memory).unwrap();
    with_system(&locked).unwrap();
    let before = memory.files();

    let bad = folder.path().join("noise.so");
    fs::write(&bad, "noise").unwrap();
    images.push(bad);
    let error = install(&locked, &images).unwrap_err();
    assert!(matches!(error, Error::Image { .. }), "{error}");
    assert_eq!(memory.files(), before, "no copy stays");

    let again = folder.path().join("again.so");
    fs::copy(&images[0], &again).unwrap();
    images[2] = again;
    let error = install(&locked, &images).unwrap_err();
    assert!(
        matches!(&error, Error::ImageTwice(name) if name == "m0"),
        "{error}"
    );
    assert_eq!(memory.files(), before);

    images.pop();
    assert_eq!(install(&locked, &images).unwrap(), 2);
}
