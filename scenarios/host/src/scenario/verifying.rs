//! Images that are compared with their digests and signatures before they are mapped.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::FileExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use dlkm_rt::metadata::BuildId;
use dlkm_rt::system::SystemFile;
use dlkm_rt::{
    BootError, Cause, Event, Kernel, LoadError, ModuleRoot, Report, UpgradeError, Waits,
};
use dlkm_verify::{Digest, ImageRecord};
use minisign::KeyPair;
use scenario_api::{counter, faulty, heap};

use super::{Must, says, state};
use crate::plan;

/// Modules that the system file names, beside those that it is about.
const USED: &str = "module counter auto\nmodule faulty auto\nmodule heap auto\nmodule top auto\n\
    module plan best\n";

/// The root of a scenario.
struct Root(PathBuf);

impl Root {
    fn of(root: &ModuleRoot) -> Self {
        Root(root.path().expect("a folder").to_owned())
    }

    fn image(&self, module: &str) -> PathBuf {
        self.0.join(format!("{module}.so"))
    }

    /// Replaces a file, as an installer does. (The images are links to those of other scenarios.)
    fn write(&self, name: &str, bytes: &[u8]) {
        let part = self.0.join("part");
        fs::write(&part, bytes).expect("its own root");
        let open_to_no_one = fs::Permissions::from_mode(0o644);
        fs::set_permissions(&part, open_to_no_one).expect("its own file");
        fs::rename(part, self.0.join(name)).expect("its own root");
    }

    /// Records the images of modules as they are now, as `dlkm install` does.
    fn record(&self, modules: &[&str]) {
        let records = modules.iter().map(|module| {
            let record = ImageRecord {
                module: (*module).to_owned(),
                version: "0.1.0".to_owned(),
                digest: Digest::of_file(&self.image(module)).expect("it is installed"),
            };
            format!("{record}\n")
        });
        self.write("digests", records.collect::<String>().as_bytes());
    }

    fn boot(&self, root: ModuleRoot, lines: &str) -> Result<&'static Kernel, BootError> {
        self.write("system", format!("version 1\n{USED}{lines}").as_bytes());
        Kernel::boot(root)
    }

    /// The image with another last byte, which is in no part of it that matters.
    fn changed(&self, module: &str) -> Vec<u8> {
        let mut image = fs::read(self.image(module)).expect("it is installed");
        image.push(0);
        image
    }
}

/// The lines of `/proc/self/maps` with a module's image, or a copy of it.
fn maps(module: &str) -> Vec<String> {
    let maps = fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    let name = format!("{module}.so");
    let lines = maps.lines().filter(|line| line.contains(&name));
    lines.map(str::to_owned).collect()
}

#[track_caller]
fn refused(error: &LoadError, file: &Path, parts: &[&str]) {
    assert!(matches!(error.cause(), Cause::Verify { .. }), "{error:?}");
    assert_eq!(error.file(), Some(file));
    says(error, &[&file.display().to_string()]);
    says(error, parts);
    assert_eq!(maps(error.module()), [""; 0]);
}

pub(super) fn an_image_is_loaded_from_a_sealed_copy(root: ModuleRoot) {
    let own = Root::of(&root);
    own.record(&["counter"]);
    let kernel = own
        .boot(root, "verify enforce\n")
        .expect("the file is right");
    for _ in 0..2 {
        assert_eq!(counter::count().must(), 1, "each load starts afresh");
        let module = kernel.module("counter").expect("it is loaded");
        let copy = module.copy().expect("a copy").to_owned();
        let maps = maps("counter");
        assert!(!maps.is_empty() && maps.iter().all(|line| line.contains("/memfd:counter.so")));
        let sealed = fs::OpenOptions::new().write(true).open(&copy);
        let mut sealed = sealed.expect("the copy's name");
        sealed.write_all(b"x").expect_err("it is sealed");
        sealed.set_len(0).expect_err("it is sealed");
        kernel.unload("counter").must();
    }
    // The first call after the unload loads it again, with another check.
    own.write("counter.so", &own.changed("counter"));
    let error = counter::count().expect_err("another file");
    refused(
        &error,
        &own.image("counter"),
        &["has been changed since it was installed"],
    );
    assert!(kernel.reports().is_empty());
}

pub(super) fn an_image_that_is_not_recorded_is_refused(root: ModuleRoot) {
    let own = Root::of(&root);
    own.record(&["counter"]);
    let kernel = own
        .boot(root, "verify enforce\n")
        .expect("the file is right");
    let error = heap::bytes(3).expect_err("no record");
    refused(
        &error,
        &own.image("heap"),
        &["is not recorded", "`dlkm install`", "heap::bytes"],
    );
    assert_eq!(state(kernel, "heap"), "failed");

    // Without any record.
    fs::remove_file(own.0.join("digests")).expect("its own root");
    let error = kernel.load("counter").expect_err("no record");
    refused(&error, &own.image("counter"), &["is not recorded"]);

    // An installation while the kernel runs.
    own.record(&["counter", "heap"]);
    kernel.load("heap").must();
    assert_eq!(heap::bytes(3).must(), [0, 1, 2]);
    assert_eq!(
        counter::count()
            .expect_err("a failure is remembered")
            .module(),
        "counter"
    );
    kernel.load("counter").must();
    assert_eq!(counter::count().must(), 1);
    // A module that is needed is verified too: `faulty` needs `top`.
    own.record(&["counter", "faulty"]);
    let error = kernel.load("faulty").expect_err("top has no record");
    assert!(
        matches!(error.cause(), Cause::Dependency { .. }),
        "{error:?}"
    );
    says(&error, &["`top`", "/top.so is not recorded"]);
    assert_eq!((maps("faulty"), maps("top")), (Vec::new(), Vec::new()));
}

pub(super) fn an_image_that_was_changed_is_refused(root: ModuleRoot) {
    let own = Root::of(&root);
    own.record(&["counter"]);
    let recorded = Digest::of_file(&own.image("counter")).expect("it is installed");
    let changed = own.changed("counter");
    own.write("counter.so", &changed);
    let kernel = own
        .boot(root, "verify enforce\n")
        .expect("the file is right");
    let error = counter::count().expect_err("changed");
    let parts = [
        recorded.to_string(),
        Digest::of(&changed).to_string(),
        "install it again".to_owned(),
    ];
    refused(
        &error,
        &own.image("counter"),
        &parts.each_ref().map(|part| &**part),
    );
    assert_eq!(counter::peek(), 0, "the fallback");
    // Neither damage that a reader of images would find, nor what is none, is looked into.
    for image in [&changed[..1000], &[0; 64], b""] {
        own.write("counter.so", image);
        let error = kernel.load("counter").expect_err("changed");
        refused(
            &error,
            &own.image("counter"),
            &[&Digest::of(image).to_string()],
        );
    }
}

pub(super) fn an_upgrade_is_verified(root: ModuleRoot) {
    let own = Root::of(&root);
    own.record(&["counter"]);
    let kernel = own
        .boot(root, "verify enforce\n")
        .expect("the file is right");
    assert_eq!(counter::count().must(), 1);
    assert!(kernel.upgrade("counter").must().unchanged);

    // Another build of the module, by its build id.
    let mut image = fs::read(own.image("counter")).expect("it is installed");
    let id = BuildId::read_from(&fs::File::open(own.image("counter")).expect("it is there"));
    let id = id.expect("an image").expect("with a build id");
    let places: Vec<_> = (0..image.len())
        .filter(|at| image[*at..].starts_with(id.bytes()))
        .collect();
    for at in places {
        image[at] ^= 1;
    }
    own.write("counter.so", &image);
    let error = kernel.upgrade("counter").expect_err("no record of it");
    assert!(
        matches!(&error, UpgradeError::Refused { source, .. }
            if matches!(source.cause(), Cause::Verify { .. })),
        "{error:?}"
    );
    says(&error, &["has been changed since it was installed"]);
    assert_eq!(counter::count().must(), 2, "the old version serves");

    own.record(&["counter"]);
    let done = kernel.upgrade("counter").must();
    assert!(!done.unchanged && done.from_build != done.to_build);
    assert_eq!(counter::count().must(), 1, "the new version serves");
}

pub(super) fn with_a_warning_all_are_loaded(root: ModuleRoot) {
    let own = Root::of(&root);
    own.record(&["heap"]);
    let kernel = own.boot(root, "verify warn\n").expect("the file is right");
    let events = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&events);
    kernel.observe(move |event: &Event<'_>| {
        if let Event::Unverified {
            module,
            file,
            reason,
            ..
        } = event
        {
            let text = format!("{module}: {} {reason}", file.display());
            log.lock().expect("log").push(text);
        }
    });
    assert_eq!(heap::bytes(3).must(), [0, 1, 2]);
    assert!(kernel.reports().is_empty() && events.lock().expect("log").is_empty());
    for _ in 0..2 {
        assert_eq!(counter::count().must(), 1);
        let module = kernel.module("counter").expect("it is loaded");
        assert!(module.copy().is_none(), "the file itself is mapped");
        kernel.unload("counter").must();
    }
    let place = own.image("counter").display().to_string();
    let wanted = format!("counter: {place} is not recorded; install it with `dlkm install`");
    assert_eq!(*events.lock().expect("log"), [&*wanted, &*wanted]);
    let reports = kernel.reports();
    assert!(
        matches!(&reports[..], [Report::Unverified { .. }]),
        "{reports:?}"
    );
    let text = reports[0].to_string();
    assert_eq!(
        text,
        format!(
            "module `counter` is not verified: {place} is not recorded; install it with \
             `dlkm install`"
        )
    );
}

/// Loads `faulty`, whose file is overwritten in place between its check and its mapping: while
/// `top` is loaded, which it needs.
fn overwritten_in_between(root: ModuleRoot, policy: &str) -> Result<(), LoadError> {
    let own = Root::of(&root);
    let place = own.image("faulty");
    own.write("faulty.so", &fs::read(&place).expect("it is installed"));
    own.record(&["faulty", "top", "counter"]);
    let kernel = own.boot(root, policy).expect("the file is right");
    plan::errand("top load", move || {
        let file = fs::OpenOptions::new().write(true).open(&place);
        let file = file.expect("its own file");
        let length = file.metadata().expect("a file").len();
        // The same inode has other bytes now.
        file.write_all_at(&vec![0xcc; length as usize], 0)
            .expect("its own file");
    });
    kernel.load("faulty")?;
    let ran = plan::notes();
    assert!(ran.iter().any(|hook| hook == "top load"), "{ran:?}");
    Ok(())
}

pub(super) fn what_was_checked_is_what_is_mapped(root: ModuleRoot) {
    overwritten_in_between(root, "verify enforce\n").must();
    assert_eq!(faulty::seven().must(), 7);
}

/// So the scenario before this one does overwrite it in between.
pub(super) fn with_a_warning_the_file_itself_is_mapped(root: ModuleRoot) {
    let error = overwritten_in_between(root, "verify warn\n").expect_err("no image any more");
    assert!(matches!(error.cause(), Cause::Open { .. }), "{error:?}");
}

fn pair() -> (KeyPair, String) {
    let pair = KeyPair::generate_unencrypted_keypair().expect("random numbers");
    let line = format!("key {}\n", pair.pk.to_base64());
    (pair, line)
}

fn sign(pair: &KeyPair, image: &[u8]) -> Vec<u8> {
    let signature = minisign::sign(None, &pair.sk, image, None, None);
    signature.expect("a signature").to_bytes()
}

pub(super) fn with_keys_a_signature_is_needed(root: ModuleRoot) {
    let own = Root::of(&root);
    let ((one, first), (two, second)) = (pair(), pair());
    let kernel = own
        .boot(root, &format!("verify enforce\n{first}{second}"))
        .expect("the file is right");
    own.record(&["counter"]);
    let error = kernel.load("counter").expect_err("a digest is not enough");
    refused(
        &error,
        &own.image("counter"),
        &["has no signature", "`dlkm sign`"],
    );

    // No digest is needed, and each of the keys will do.
    fs::remove_file(own.0.join("digests")).expect("its own root");
    let image = fs::read(own.image("counter")).expect("it is installed");
    for pair in [&one, &two] {
        own.write("counter.so.minisig", &sign(pair, &image));
        kernel.load("counter").must();
        assert_eq!(counter::count().must(), 1);
        kernel.unload("counter").must();
    }

    // But a digest that is there must be right.
    own.record(&["counter"]);
    own.write("counter.so", &own.changed("counter"));
    own.write(
        "counter.so.minisig",
        &sign(&one, &own.changed("counter")[..image.len() + 1]),
    );
    let error = kernel.load("counter").expect_err("not the recorded one");
    refused(
        &error,
        &own.image("counter"),
        &["has been changed since it was installed"],
    );
}

pub(super) fn a_bad_signature_is_refused(root: ModuleRoot) {
    let own = Root::of(&root);
    let ((pair, line), (stranger, _)) = (self::pair(), self::pair());
    let kernel = own
        .boot(root, &format!("verify enforce\n{line}"))
        .expect("the file is right");
    own.record(&["counter"]);
    let image = fs::read(own.image("counter")).expect("it is installed");
    let good = sign(&pair, &image);
    let of_other = sign(&pair, &own.changed("counter"));
    for (signature, part) in [
        (
            sign(&stranger, &image),
            "signed with a key that the system file does not have",
        ),
        (of_other, "is not what was signed"),
        (good[..good.len() / 2].to_owned(), "cut short"),
        (Vec::new(), "cut short"),
        (vec![0xff; 300], "not text"),
    ] {
        own.write("counter.so.minisig", &signature);
        let error = kernel.load("counter").expect_err(part);
        refused(&error, &own.image("counter"), &[part]);
    }
    let place = own.0.join("counter.so.minisig");
    let huge = fs::File::create(&place).expect("its own root");
    huge.set_len(100 << 20).expect("a hole");
    let error = kernel.load("counter").expect_err("100 MB");
    refused(&error, &own.image("counter"), &["more than 16384 bytes"]);
    fs::remove_file(&place).expect("its own file");
    let path = std::ffi::CString::new(place.as_os_str().as_encoded_bytes()).expect("no NUL");
    // SAFETY: the path ends with a NUL.
    assert_eq!(unsafe { libc::mkfifo(path.as_ptr(), 0o644) }, 0);
    let error = kernel.load("counter").expect_err("a pipe without a writer");
    refused(&error, &own.image("counter"), &["not a regular file"]);

    own.write("counter.so.minisig", &good);
    kernel.load("counter").must();
}

pub(super) fn a_digest_file_written_by_halves_verifies_nothing(root: ModuleRoot) {
    let own = Root::of(&root);
    own.record(&["counter", "heap"]);
    let kernel = own
        .boot(root, "verify enforce\n")
        .expect("the file is right");
    let whole = fs::read(own.0.join("digests")).expect("written before");
    for cut in [7, 20, 60] {
        own.write("digests", &whole[..whole.len() - cut]);
        // Its own line is whole.
        let error = kernel.load("counter").expect_err("the file is not");
        refused(&error, &own.image("counter"), &["`digests`, line 2"]);
    }
    let huge = fs::File::create(own.0.join("digests")).expect("its own root");
    huge.set_len(1 << 40).expect("a hole");
    let error = kernel.load("counter").expect_err("1 TB");
    refused(
        &error,
        &own.image("counter"),
        &["`digests` can't be read", "more than 4194304 bytes"],
    );
    own.write("digests", &whole);
    kernel.load("counter").must();
}

pub(super) fn a_key_that_is_none_ends_the_boot(root: ModuleRoot) {
    let own = Root::of(&root);
    let (_, good) = pair();
    for policy in ["warn", "enforce"] {
        let lines = format!("{good}key RWQf6LRC\nverify {policy}\n");
        let error = own.boot(root.clone(), &lines).expect_err("no key");
        assert!(matches!(error, BootError::Verify { .. }), "{error:?}");
        let says_policy = format!("/system says `verify {policy}`");
        says(
            &error,
            &[
                &says_policy,
                "`RWQf6LRC` is not a public key",
                "correct the line",
            ],
        );
    }
    own.boot(root, "key RWQf6LRC\nverify off\n")
        .expect("keys don't matter");
    assert_eq!(counter::count().must(), 1);
}

/// What a kernel trusts, it says at its boot.
pub(super) fn another_policy_waits_for_the_next_boot(root: ModuleRoot) {
    let own = Root::of(&root);
    own.record(&["counter"]);
    let kernel = own
        .boot(root, "verify enforce\n")
        .expect("the file is right");
    let (_, key) = pair();
    let parse = |lines: &str| {
        SystemFile::parse(format!("version 1\n{USED}{lines}").as_bytes()).expect("it is right")
    };
    for lines in ["", "verify warn\n", &format!("verify enforce\n{key}")] {
        let waits = kernel.adopt(parse(lines)).expect_err("it waits");
        assert!(matches!(waits[..], [Waits::Trust]), "{waits:?}");
        assert_eq!(
            waits[0].to_string(),
            "lines `verify` and `key` count from the next boot on"
        );
    }
    kernel.adopt(parse("verify enforce\n")).expect("as it was");
    heap::bytes(1).expect_err("it has no record");
}

/// Prints how long a load of `counter` takes, in µs: the median of many.
pub(super) fn time_a_load(kernel: &'static Kernel, _: &str) {
    let mut times: Vec<_> = (0..201)
        .map(|_| {
            let start = Instant::now();
            kernel.load("counter").must();
            let took = start.elapsed().as_micros();
            kernel.unload("counter").must();
            took
        })
        .collect();
    times.sort_unstable();
    println!("{}", times[times.len() / 2]);
}
