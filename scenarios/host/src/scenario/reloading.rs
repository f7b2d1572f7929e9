//! A module that the system keeps mapped starts fresh when it is loaded again.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use dlkm_rt::{Cause, Kernel};
use scenario_api::{clingy, edition, top};

use super::{Must, limit, limit_files, mapped, says};
use crate::editions::Editions;
use crate::plan;

/// The path under which debuggers know the module's image, if that is a copy.
fn copy(kernel: &Kernel) -> Option<PathBuf> {
    let all = kernel.modules();
    let found = all.iter().find(|one| one.name() == "edition")?;
    assert!(found.file().expect("not static").ends_with("edition.so"));
    found.copy().map(Path::to_owned)
}

pub(super) fn a_reload_has_fresh_statics(kernel: &'static Kernel, editions: &str) {
    let editions = Editions::new(kernel, editions);
    editions.install("1");
    edition::cling().must();
    assert_eq!(edition::tick().must(), 1);
    assert_eq!(edition::tick().must(), 2);
    assert_eq!(copy(kernel), None);
    kernel.unload("edition").must();
    assert!(mapped("edition"), "or the scenario shows nothing");

    assert_eq!(edition::tick().must(), 1, "a fresh copy");
    let copy = copy(kernel).expect("its image is a copy");
    let original = editions.file("1");
    let read = |path: &Path| std::fs::read(path).expect("it can be read");
    assert_eq!(read(&copy), read(&original), "debuggers find it there");
}

/// Replaces the image of module `top`, whose dependency `counter` is loaded between the checks of
/// the image and its opening, by one with another version.
fn replace_top(kernel: &Kernel, version: &str) {
    let file = kernel
        .root()
        .path()
        .expect("there is a root")
        .join("top.so");
    let mut image = std::fs::read(&file).expect("it is there");
    let key = b"name=top\0version=";
    let places = image.windows(key.len()).enumerate();
    let places: Vec<usize> = places
        .filter_map(|(at, text)| (text == key).then_some(at + key.len()))
        .collect();
    assert!(!places.is_empty(), "its metadata");
    for at in places {
        image[at..at + version.len()].copy_from_slice(version.as_bytes());
    }
    let part = file.with_extension("part");
    std::fs::write(&part, image).expect("the root can be written");
    std::fs::rename(part, file).expect("the root can be written");
}

pub(super) fn a_file_replaced_during_its_load_is_not_noticed(kernel: &'static Kernel, _: &str) {
    let version = || {
        let top = kernel.module("top").expect("it is there");
        top.version().expect("its image is usable").to_owned()
    };
    assert_eq!(version(), "0.1.0");
    plan::errand("counter load", move || replace_top(kernel, "0.1.7"));
    assert_eq!(top::top().must(), 1);
    assert_eq!(version(), "0.1.0", "the file that was checked");
    kernel.unload("top").must();
    assert_eq!(version(), "0.1.7");
    assert_eq!(top::top().must(), 2, "the count of `counter`");
    kernel.unload("top").must();
    assert_eq!(plan::notes(), ["counter load", "top load", "top load"]);
}

pub(super) fn a_file_removed_during_its_load_is_loaded(kernel: &'static Kernel, _: &str) {
    let file = kernel
        .root()
        .path()
        .expect("there is a root")
        .join("top.so");
    plan::errand("counter load", move || {
        std::fs::remove_file(file).expect("it was there");
    });
    assert_eq!(top::top().must(), 1);
}

pub(super) fn a_reload_runs_the_new_file(kernel: &'static Kernel, editions: &str) {
    let editions = Editions::new(kernel, editions);
    editions.install("1");
    edition::cling().must();
    assert_eq!(edition::number().must(), 1);
    kernel.unload("edition").must();
    assert!(mapped("edition"), "or the scenario shows nothing");

    // Another file of the same name, so another inode.
    editions.install("2");
    assert_eq!(edition::number().must(), 2);
    edition::cling().must();
    kernel.unload("edition").must();

    editions.install("1");
    assert_eq!(edition::number().must(), 1);
    assert_eq!(edition::tick().must(), 1);
}

/// Each round leaves an image mapped.
pub(super) fn every_reload_is_fresh(kernel: &'static Kernel, editions: &str) {
    let editions = Editions::new(kernel, editions);
    editions.install("1");
    for round in 0..50 {
        edition::cling().must();
        assert_eq!(edition::tick().must(), 1, "round {round}");
        assert_eq!(copy(kernel).is_some(), round > 0, "round {round}");
        kernel.unload("edition").must();
    }
}

/// A copy is needed only while something keeps the image.
pub(super) fn no_copy_is_made_without_need(kernel: &'static Kernel, editions: &str) {
    let editions = Editions::new(kernel, editions);
    editions.install("1");
    let (clung, has_clung) = mpsc::channel();
    let (end, may_end) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        edition::cling().must();
        clung.send(()).expect("the scenario waits");
        may_end.recv().expect("the scenario says when");
    });
    has_clung.recv().expect("the thread");
    kernel.unload("edition").must();
    kernel.load("edition").must();
    assert!(copy(kernel).is_some());
    kernel.unload("edition").must();
    end.send(()).expect("the thread waits");
    thread.join().expect("no panic");
    kernel.load("edition").must();
    assert_eq!(copy(kernel), None, "the system could let go of it");
}

pub(super) fn a_load_that_cannot_make_a_copy_fails(kernel: &'static Kernel, editions: &str) {
    let editions = Editions::new(kernel, editions);
    editions.install("1");
    edition::cling().must();
    kernel.unload("edition").must();
    // The process can open the image's file, and the dynamic linker can, but there is no third.
    let next = File::open("/dev/null").expect("it is there").as_raw_fd();
    let before = limit_files(u64::try_from(next).expect("a number") + 2);
    let error = edition::tick().expect_err("no copy can be made");
    says(
        &error,
        &[
            "`edition`",
            "edition.so",
            "still mapped",
            "open files",
            "end the threads",
        ],
    );
    assert!(matches!(error.cause(), Cause::Copy { .. }));
    assert!(error.file().is_some());
    limit_files(before);
    kernel.load("edition").must();
    assert_eq!(edition::tick().must(), 1);
}

/// Runs where `/proc` has other numbers for processes than they have themselves.
pub(super) fn a_copy_is_opened(kernel: &'static Kernel, _: &str) {
    assert_eq!(clingy::cling().must(), 1);
    kernel.unload("clingy").must();
    assert!(mapped("clingy"), "or the scenario shows nothing");
    assert_eq!(clingy::cling().must(), 2, "the count of `counter`");
    let all = kernel.modules();
    let found = all
        .iter()
        .find(|one| one.name() == "clingy")
        .expect("listed");
    let copy = found.copy().expect("its image is a copy");
    let file = found.file().expect("not static");
    let read = |path: &Path| std::fs::read(path).expect("it can be read");
    assert_eq!(read(copy), read(file), "debuggers find it there");
}

/// Beyond this limit, a write sends a signal that ends the process.
pub(super) fn a_copy_beyond_the_limit_of_file_sizes_fails(kernel: &'static Kernel, editions: &str) {
    let editions = Editions::new(kernel, editions);
    editions.install("1");
    edition::cling().must();
    kernel.unload("edition").must();
    let before = limit(libc::RLIMIT_FSIZE, 100_000);
    let error = edition::tick().expect_err("no copy can be made");
    says(&error, &["edition.so", "File too large"]);
    assert!(matches!(error.cause(), Cause::Copy { .. }));
    limit(libc::RLIMIT_FSIZE, before);
    kernel.load("edition").must();
    assert_eq!(edition::tick().must(), 1);
}

/// An image is opened by another name than its path; nothing of that remains.
pub(super) fn an_image_shows_its_path(kernel: &'static Kernel, _: &str) {
    let open = || {
        let files = std::fs::read_dir("/proc/self/fd").expect("procfs");
        files.count()
    };
    let before = open();
    kernel.load("heap").must();
    assert_eq!(open(), before, "open files");
    let file = kernel
        .root()
        .path()
        .expect("there is a root")
        .join("heap.so");
    let names = object_names();
    assert!(names.contains(&file), "{names:?}");
    assert!(
        !names.iter().any(|name| name.starts_with("/proc")),
        "{names:?}"
    );
}

/// The names of all objects, as debuggers and backtraces see them.
fn object_names() -> Vec<PathBuf> {
    use std::os::unix::ffi::OsStrExt;

    unsafe extern "C" fn step(
        info: *mut libc::dl_phdr_info,
        _: libc::size_t,
        names: *mut libc::c_void,
    ) -> libc::c_int {
        // SAFETY: the address of `names` below, which nothing else uses meanwhile.
        let names = unsafe { &mut *names.cast::<Vec<PathBuf>>() };
        // SAFETY: dl_iterate_phdr(3) passes a valid structure.
        let info = unsafe { &*info };
        // SAFETY: its name ends with a NUL.
        let name = unsafe { std::ffi::CStr::from_ptr(info.dlpi_name) };
        names.push(std::ffi::OsStr::from_bytes(name.to_bytes()).into());
        0
    }
    let mut names: Vec<PathBuf> = Vec::new();
    // SAFETY: `step` has the type of the callback, and `names` is what it expects.
    unsafe { libc::dl_iterate_phdr(Some(step), (&raw mut names).cast()) };
    names
}
