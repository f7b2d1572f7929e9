//! A module that the system keeps mapped starts fresh when it is loaded again.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;

use dlkm_rt::{Cause, Kernel};
use scenario_api::{edition, top};

use super::{Must, mapped, says};
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

pub(super) fn a_file_replaced_during_its_load_is_loaded_anew(kernel: &'static Kernel, _: &str) {
    let version = || {
        let top = kernel.module("top").expect("it is there");
        top.version().expect("its image is usable").to_owned()
    };
    assert_eq!(version(), "0.1.0");
    plan::errand("counter load", move || replace_top(kernel, "0.1.7"));
    assert_eq!(top::top().must(), 1);
    assert_eq!(version(), "0.1.7");
    // The first attempt was undone.
    assert_eq!(
        plan::notes(),
        ["counter load", "counter unload", "counter load", "top load"]
    );
    kernel.unload("top").must();
    kernel.unload("counter").must();
}

pub(super) fn a_file_replaced_in_every_attempt_is_an_error(kernel: &'static Kernel, _: &str) {
    fn again(kernel: &'static Kernel, number: u32) {
        replace_top(kernel, &format!("0.1.{}", number % 10));
        plan::errand("counter load", move || again(kernel, number + 1));
    }
    plan::errand("counter load", move || again(kernel, 1));
    let error = top::top().expect_err("no attempt finds the file that it checked");
    assert!(matches!(error.cause(), Cause::Replaced { .. }), "{error}");
    says(&error, &["top.so was replaced while it was being loaded"]);
    assert!(kernel.unload("counter").is_err(), "no attempt left it");
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
    // The process can open the image's file, but no second file.
    let next = File::open("/dev/null").expect("it is there").as_raw_fd();
    let before = limit_files(u64::try_from(next).expect("a number") + 1);
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

/// Sets how many files the process may have open; returns the limit before.
pub(super) fn limit_files(number: u64) -> u64 {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` is writable memory of its type.
    let got = unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) };
    let before = limit.rlim_cur;
    limit.rlim_cur = number;
    // SAFETY: `limit` is initialised.
    let set = unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) };
    assert_eq!((got, set), (0, 0));
    before
}
