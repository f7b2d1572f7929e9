//! Another version takes a module's place while it is in use.

use std::fs;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;

use dlkm_rt::metadata::BuildId;
use dlkm_rt::{Event, Kernel, Observer, UnloadError, UpgradeError};
use scenario_api::{Orders, edition, heap, relay};

use super::{Must, limit, mapped, old_is_mapped, says, state};
use crate::editions::Editions;
use crate::end::End;
use crate::plan;

/// Edition 1 is installed and loaded, and has counted to 3.
fn start(kernel: &'static Kernel, editions: &str) -> Editions {
    let editions = Editions::new(kernel, editions);
    editions.install("1");
    assert_eq!((1..=3).map(|_| edition::tick().must()).sum::<u64>(), 6);
    plan::notes();
    editions
}

/// The module's version, as the kernel reports it.
fn version(kernel: &Kernel) -> String {
    let module = kernel.module("edition").expect("it is installed");
    module.version().expect("its image is usable").to_owned()
}

pub(super) fn an_upgrade_hands_on_the_state(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    editions.install("2");
    assert_eq!(edition::number().must(), 1, "no one has asked for another");
    let done = kernel.upgrade("edition").must();
    assert_eq!((&*done.from, &*done.to), ("1.0.0", "2.0.0"));
    assert!(done.drained);
    assert!(!old_is_mapped("edition"), "the first is gone");
    assert!(mapped("edition"), "the second is another file, so no copy");
    assert_eq!(
        plan::notes(),
        ["edition 1 save", "edition 2 load", "edition 1 unload"]
    );
    assert_eq!(edition::number().must(), 2);
    assert_eq!(edition::loaded(), 2, "a weak stub");
    assert_eq!(edition::told().must(), "from 1.0.0, Some(3)");
    assert_eq!(edition::tick().must(), 4, "it goes on from there");
    assert_eq!(version(kernel), "2.0.0");

    kernel.unload("edition").must();
    assert_eq!(edition::told().must(), "", "a load is not an upgrade");
    assert_eq!(edition::tick().must(), 1);
}

/// What serves already keeps its state.
pub(super) fn an_upgrade_to_the_same_build_changes_nothing(
    kernel: &'static Kernel,
    editions: &str,
) {
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    kernel.observe(move |event: &Event<'_>| {
        if let Event::Upgraded {
            build, from_build, ..
        } = event
        {
            let builds = [*from_build, *build].map(|build| build.map(ToString::to_string));
            heard.lock().expect("no panic").push(builds);
        }
    });
    let editions = start(kernel, editions);
    let first = BuildId::read(&editions.file("1")).expect("it was built");
    let first = first.expect("the linker writes one");
    for _ in 0..2 {
        // Another file with the same content.
        editions.install("1");
        let done = kernel.upgrade("edition").must();
        assert!(done.unchanged && done.drained, "{done:?}");
        assert_eq!((&*done.from, &*done.to), ("1.0.0", "1.0.0"));
        let builds = [&done.from_build, &done.to_build].map(Option::as_ref);
        assert_eq!(builds, [Some(&first); 2]);
    }
    assert_eq!(plan::notes(), [""; 0], "no hook runs");
    assert_eq!(edition::tick().must(), 4, "it goes on from there");

    // Another build of the same version.
    let mut bytes = fs::read(editions.file("1")).expect("it was built");
    let id = bytes
        .windows(first.bytes().len())
        .position(|bytes| bytes == first.bytes())
        .expect("the id is in the file");
    bytes[id] ^= 1;
    editions.write(&bytes);
    let done = kernel.upgrade("edition").must();
    assert!(!done.unchanged, "{done:?}");
    assert_eq!(done.from_build, Some(first.clone()));
    assert_ne!(done.to_build, done.from_build);
    assert_eq!(edition::told().must(), "from 1.0.0, Some(4)");

    // A build without an id: the note has another name.
    let name = id - 4;
    assert_eq!(bytes[name..id], *b"GNU\0");
    bytes[name] = b'N';
    editions.write(&bytes);
    let upgrade = || {
        let done = kernel.upgrade("edition").must();
        assert!(done.to_build.is_none(), "{done:?}");
        done.unchanged
    };
    assert!(!upgrade());
    assert_eq!(edition::tick().must(), 5);
    // The file that serves, under any name of it.
    assert!(upgrade());
    let other = editions.installed().with_extension("other");
    fs::rename(editions.installed(), &other).expect("the root can be written");
    fs::hard_link(&other, editions.installed()).expect("the root can be written");
    assert!(upgrade());
    assert_eq!(edition::told().must(), "from 1.0.0, Some(4)", "no hook ran");
    // Another file with the same content: nothing says that it has.
    editions.write(&bytes);
    assert!(!upgrade());
    assert_eq!(edition::told().must(), "from 1.0.0, Some(5)");

    // A module that must not be called again is replaced by the same build.
    editions.install("1");
    assert!(!kernel.upgrade("edition").must().unchanged);
    caught(|| edition::stumble(&mut || {}));
    let done = kernel.upgrade("edition").must();
    assert!(!done.unchanged, "{done:?}");
    assert_eq!(edition::loaded(), 1);

    let other = done.to_build.map(|build| build.to_string());
    let events = events.lock().expect("no panic");
    assert_eq!(events.len(), 5, "none for an upgrade that changes nothing");
    assert_eq!(events[0][0], Some(first.to_string()));
    assert_eq!(events[1], [events[0][1].clone(), None]);
    assert_eq!(events[4], [other.clone(), other]);
}

/// Knows which edition must answer a call, if no upgrade runs meanwhile.
struct Serving {
    /// Incremented before and after each upgrade: odd while one runs.
    step: AtomicU64,
    end: End,
    calls: AtomicU64,
}

impl Serving {
    /// Edition 1 at first; each upgrade installs the other one.
    fn edition(step: u64) -> Option<u64> {
        step.is_multiple_of(2).then_some(step / 2 % 2 + 1)
    }

    fn call(&self) {
        let _end = self.end.guard();
        while !self.end.has_come() {
            let before = self.step.load(Ordering::Acquire);
            let mut ran = false;
            let answers = [
                edition::number().must(),
                edition::loaded(),
                edition::within(&mut || ran = true),
            ];
            let after = self.step.load(Ordering::Acquire);
            assert!(ran);
            let sure = Serving::edition(before).filter(|_| before == after);
            for answer in answers {
                assert!(answer == 1 || answer == 2, "{answer}: it was gone");
                assert!(sure.is_none_or(|sure| sure == answer), "{before}: {answer}");
            }
            self.calls.fetch_add(3, Ordering::Relaxed);
        }
    }
}

pub(super) fn calls_succeed_during_upgrades(kernel: &'static Kernel, editions: &str) {
    const UPGRADES: u64 = 200;
    let editions = start(kernel, editions);
    let serving = Serving {
        step: AtomicU64::new(0),
        end: End::default(),
        calls: AtomicU64::new(0),
    };
    let mut drained = 0;
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| serving.call());
        }
        let _end = serving.end.guard();
        for upgrade in 0..UPGRADES {
            editions.install(if upgrade % 2 == 0 { "2" } else { "1" });
            serving.step.fetch_add(1, Ordering::AcqRel);
            let done = kernel.upgrade("edition").must();
            serving.step.fetch_add(1, Ordering::AcqRel);
            drained += u64::from(done.drained);
            let called = serving.calls.load(Ordering::Relaxed);
            while serving.calls.load(Ordering::Relaxed) == called {
                assert!(!serving.end.has_come(), "a call failed");
                thread::yield_now();
            }
        }
    });
    assert!(drained > 0, "threads are in and out of it all the time");
    assert_eq!(kernel.finish_retired(), 0, "no call is in an old one");
    let notes = plan::notes();
    let count = |hook: &str| notes.iter().filter(|note| note.ends_with(hook)).count() as u64;
    assert_eq!((count(" load"), count(" unload")), (UPGRADES, UPGRADES));
    assert_eq!(edition::tick().must(), 4, "handed on all the time");
    println!("{} calls", serving.calls.load(Ordering::Relaxed));
}

/// Loads, unloads and upgrades wait for each other; calls succeed all the time.
pub(super) fn calls_succeed_during_upgrades_and_unloads(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    let end = End::default();
    thread::scope(|scope| {
        let _end = end.guard();
        scope.spawn(|| {
            let _end = end.guard();
            while !end.has_come() {
                let number = edition::number().must();
                assert!(number == 1 || number == 2);
            }
        });
        scope.spawn(|| {
            let _end = end.guard();
            while !end.has_come() {
                match kernel.unload("edition") {
                    Ok(()) | Err(UnloadError::Busy { .. } | UnloadError::NotLoaded { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
                thread::yield_now();
            }
        });
        let mut upgrades = 0;
        while upgrades < 50 {
            assert!(!end.has_come(), "a call or an unload failed");
            editions.install(if upgrades % 2 == 0 { "2" } else { "1" });
            match kernel.upgrade("edition") {
                Ok(_) => upgrades += 1,
                Err(UpgradeError::NotLoaded { .. }) => thread::yield_now(),
                Err(error) => panic!("{error}"),
            }
        }
    });
    assert_eq!(kernel.finish_retired(), 0);
}

/// A thread in a call of the module, which returns when `leave` is called.
struct Blocked {
    leave: mpsc::Sender<()>,
    thread: thread::JoinHandle<u64>,
}

impl Blocked {
    fn within(call: fn(&mut dyn FnMut()) -> u64) -> Self {
        let (inside, is_inside) = mpsc::channel();
        let (leave, may_leave) = mpsc::channel();
        let thread = thread::spawn(move || {
            call(&mut || {
                inside.send(()).expect("the scenario waits");
                may_leave.recv().expect("the scenario says when");
                // Calls from there go to the version that serves by then.
                inside.send(()).unwrap_or_default();
            })
        });
        is_inside.recv().expect("the caller");
        Blocked { leave, thread }
    }

    fn leave(self) -> thread::Result<u64> {
        self.leave.send(()).expect("the thread waits");
        self.thread.join()
    }
}

pub(super) fn a_call_in_flight_keeps_the_old_version(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    let blocked = Blocked::within(edition::within);
    editions.install("2");
    let done = kernel.upgrade("edition").must();
    assert!(!done.drained, "a call is in the old one");
    assert_eq!(edition::number().must(), 2);
    assert_eq!(plan::notes(), ["edition 1 save", "edition 2 load"]);
    assert_eq!(kernel.finish_retired(), 1);
    let error = kernel.unload("edition").expect_err("a call is in flight");
    assert!(matches!(error, UnloadError::Busy { .. }), "{error}");

    assert_eq!(
        blocked.leave().expect("no panic"),
        1,
        "it ends where it began"
    );
    assert_eq!(kernel.finish_retired(), 0);
    assert_eq!(plan::notes(), ["edition 1 unload"]);
    assert_eq!(edition::number().must(), 2);

    // An unload ends the old version as well.
    let blocked = Blocked::within(edition::within);
    editions.install("1");
    assert!(!kernel.upgrade("edition").must().drained);
    assert_eq!(blocked.leave().expect("no panic"), 2);
    plan::notes();
    kernel.unload("edition").must();
    assert_eq!(plan::notes(), ["edition 2 unload", "edition 1 unload"]);
    assert_eq!(kernel.finish_retired(), 0);
}

/// The kernel cannot know whether a call in the oldest of many versions has called the others
/// since. So the call keeps all of them, and they end with it.
pub(super) fn a_call_in_the_oldest_version_keeps_all(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    let blocked = Blocked::within(edition::within);
    for upgrade in 0..20 {
        let next = if upgrade % 2 == 0 { "2" } else { "1" };
        editions.install(next);
        let done = kernel.upgrade("edition").must();
        assert!(!done.drained, "upgrade {upgrade}");
        assert_eq!(edition::number().must().to_string(), next);
        assert_eq!(kernel.finish_retired(), upgrade + 1);
    }
    assert_eq!(blocked.leave().expect("no panic"), 1);
    assert_eq!(kernel.finish_retired(), 0);
}

pub(super) fn a_held_value_keeps_the_old_version(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    let teller = edition::teller().must();
    editions.install("2");
    assert!(!kernel.upgrade("edition").must().drained);
    assert_eq!((teller(), edition::number().must()), (1, 2));
    assert_eq!(edition::teller().must()(), 2);
    assert_eq!(kernel.finish_retired(), 1);
    // The value does not keep the new version.
    kernel.unload("edition").must();
    assert_eq!(teller(), 1);
    drop(teller);
    assert_eq!(kernel.finish_retired(), 0);
    assert_eq!(
        plan::notes(),
        [
            "edition 1 save",
            "edition 2 load",
            "edition 2 unload",
            "edition 1 unload"
        ]
    );
}

/// Checks that edition 1 serves as before the failed upgrade.
#[track_caller]
fn untouched(kernel: &Kernel, error: &UpgradeError, parts: &[&str]) {
    says(error, &["`edition`", "1.0.0 stays in service"]);
    says(error, parts);
    assert_eq!(state(kernel, "edition"), "loaded");
    assert_eq!(version(kernel), "1.0.0");
    let count = edition::tick().must();
    assert_eq!(edition::tick().must(), count + 1);
    assert!(count > 3, "its statics are as they were");
    assert_eq!((edition::number().must(), edition::loaded()), (1, 1));
    assert_eq!(kernel.finish_retired(), 0);
}

pub(super) fn a_refused_upgrade_changes_nothing(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    let refused = |parts: &[&str]| {
        let error = kernel.upgrade("edition").expect_err("it is refused");
        assert!(matches!(error, UpgradeError::Refused { .. }), "{error}");
        untouched(kernel, &error, parts);
        assert_eq!(plan::notes(), [""; 0], "no hook was asked");
    };
    fs::remove_file(editions.installed()).expect("it was there");
    refused(&["there is no image", "edition.so"]);
    editions.write(b"no image");
    refused(&["edition.so", "not an ELF image"]);
    let whole = fs::read(editions.file("2")).expect("it was built");
    editions.write(&whole[..whole.len() / 2]);
    refused(&["edition.so", "cut short"]);
    editions.install("odd");
    refused(&["another version of interface `edition`", "number"]);
    editions.install("needy");
    refused(&["depends on", "`nowhere`"]);
    editions.install("young");
    refused(&["has no `edition::tick`", "build the module again"]);

    editions.install("2");
    assert!(kernel.upgrade("edition").must().drained);
    assert_eq!(edition::number().must(), 2);
}

/// The first edition's file is still mapped, so to come back to it needs a copy. Beyond this limit, a
/// write sends a signal that ends the process.
pub(super) fn an_upgrade_beyond_the_limit_of_file_sizes_fails(
    kernel: &'static Kernel,
    editions: &str,
) {
    let editions = start(kernel, editions);
    edition::cling().must();
    let first = editions.installed().with_extension("first");
    fs::hard_link(editions.installed(), &first).expect("the root can be written");
    editions.install("2");
    kernel.upgrade("edition").must();
    assert_eq!(edition::number().must(), 2);
    plan::notes();

    fs::rename(&first, editions.installed()).expect("the root can be written");
    let before = limit(libc::RLIMIT_FSIZE, 100_000);
    let error = kernel.upgrade("edition").expect_err("no copy can be made");
    says(
        &error,
        &["edition.so", "File too large", "2.0.0 stays in service"],
    );
    assert!(matches!(error, UpgradeError::Refused { .. }), "{error}");
    assert_eq!(plan::notes(), [""; 0], "no hook was asked");
    assert_eq!(
        (edition::number().must(), version(kernel)),
        (2, "2.0.0".to_owned())
    );

    limit(libc::RLIMIT_FSIZE, before);
    kernel.upgrade("edition").must();
    assert_eq!(edition::number().must(), 1);
}

pub(super) fn a_failed_hook_ends_the_upgrade(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    editions.install("2");
    for (hook, said) in [("edition 2 load", "load"), ("edition 1 save", "save")] {
        for (orders, how) in [(Orders::Fail, "failed"), (Orders::Panic, "panicked")] {
            plan::order(hook, orders);
            let error = kernel.upgrade("edition").expect_err("a hook fails");
            untouched(kernel, &error, &[&format!("its {said} hook {how}")]);
            assert!(!mapped("edition (deleted)"), "or it is not the file's name");
            plan::order(hook, Orders::Succeed);
            assert!(!plan::notes().contains(&"edition 1 unload".to_owned()));
        }
    }
    let copies = fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    assert!(!copies.contains("memfd:edition"), "nothing is left behind");
    kernel.upgrade("edition").must();
    assert_eq!(edition::number().must(), 2);
}

pub(super) fn an_upgrade_from_inside_is_refused(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    editions.install("2");
    let answer = edition::within(&mut || {
        let error = kernel.upgrade("edition").expect_err("this call is in it");
        assert!(matches!(error, UpgradeError::Inside { .. }), "{error}");
        says(&error, &["`edition`", "from inside", "has returned"]);
        // Another thread can upgrade, and calls of this one reach the new version.
        let done = thread::scope(|scope| scope.spawn(|| kernel.upgrade("edition")).join());
        assert!(!done.expect("no panic").must().drained);
        assert_eq!(edition::number().must(), 2);
    });
    assert_eq!(answer, 1);
    assert_eq!(kernel.finish_retired(), 0);
}

/// A hook that the upgrade waits for cannot wait for the upgrade.
pub(super) fn an_upgrade_from_its_own_hooks_is_refused(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    editions.install("2");
    for hook in ["edition 1 save", "edition 2 load", "edition 1 unload"] {
        plan::errand(hook, move || {
            let error = kernel
                .upgrade("edition")
                .expect_err("an upgrade is running");
            assert!(matches!(error, UpgradeError::Busy { .. }), "{error}");
            let error = kernel.unload("edition").expect_err("an upgrade is running");
            assert!(matches!(error, UnloadError::Busy { .. }), "{error}");
            // The version that serves answers calls from the hook, too.
            let serving = if hook.ends_with("unload") { 2 } else { 1 };
            assert_eq!(edition::number().must(), serving);
        });
    }
    assert!(kernel.upgrade("edition").must().drained);
    assert_eq!(plan::notes().len(), 3);
}

pub(super) fn stubs_in_a_module_reach_the_new_version(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    assert_eq!(relay::relay_edition().must(), 1);
    editions.install("2");
    assert!(kernel.upgrade("edition").must().drained);
    assert_eq!(relay::relay_edition().must(), 2);
    kernel.unload("relay").must();
    assert_eq!(
        relay::relay_edition().must(),
        2,
        "an image that is opened later"
    );
}

fn caught(call: impl FnOnce() -> u64) {
    panic::set_hook(Box::new(|_| {}));
    panic::catch_unwind(AssertUnwindSafe(call)).expect_err("it panics");
    drop(panic::take_hook());
}

pub(super) fn an_upgrade_replaces_a_module_that_panicked(kernel: &'static Kernel, editions: &str) {
    let editions = start(kernel, editions);
    caught(|| edition::stumble(&mut || {}));
    assert_eq!(edition::loaded(), 0, "it is not to be called again");
    editions.install("2");
    assert!(kernel.upgrade("edition").must().drained);
    assert_eq!(plan::notes(), ["edition 2 load", "edition 1 unload"]);
    assert_eq!(edition::loaded(), 2, "the new one is");
    assert_eq!(edition::told().must(), "from 1.0.0, None");
    assert_eq!(edition::number().must(), 2);
    assert_eq!(plan::notes(), [""; 0], "and was not loaded afresh for that");
}

/// The panic is no reason to distrust the new version.
pub(super) fn a_panic_in_an_old_version_spares_the_new_one(
    kernel: &'static Kernel,
    editions: &str,
) {
    let editions = start(kernel, editions);
    let blocked = Blocked::within(edition::stumble);
    editions.install("2");
    assert!(!kernel.upgrade("edition").must().drained);
    panic::set_hook(Box::new(|_| {}));
    let payload = blocked.leave().expect_err("it panics");
    drop(panic::take_hook());
    let text = payload.downcast::<String>().expect("the host's own");
    assert!(text.contains("edition 1 stumbles"), "{text}");
    assert_eq!(kernel.finish_retired(), 0);
    plan::notes();
    assert_eq!((edition::loaded(), edition::tick().must()), (2, 4));
    assert_eq!(plan::notes(), [""; 0], "it was not unloaded");
    caught(|| edition::stumble(&mut || {}));
    assert_eq!(edition::loaded(), 0, "its own panic is");
}

/// Records events as texts.
struct Notes(Arc<Mutex<Vec<String>>>);

impl Observer for Notes {
    fn event(&self, event: &Event<'_>) {
        let text = match event {
            Event::Upgraded {
                module,
                from,
                drained,
                ..
            } => format!(
                "{from} to {}, {drained}",
                module.version().expect("it is loaded")
            ),
            Event::UpgradeFailed { module, error, .. } => format!("{module}: {error}"),
            Event::Retired {
                module,
                version,
                error,
                ..
            } => format!("{module} {version} ended: {error:?}"),
            _ => return,
        };
        self.0.lock().expect("no panic").push(text);
    }
}

pub(super) fn an_old_version_that_refuses_stays_mapped(kernel: &'static Kernel, editions: &str) {
    let events = Arc::new(Mutex::new(Vec::new()));
    kernel.observe(Notes(Arc::clone(&events)));
    let events = || std::mem::take(&mut *events.lock().expect("no panic"));
    let editions = start(kernel, editions);
    editions.install("2");
    plan::order("edition 1 unload", Orders::Fail);
    assert!(kernel.upgrade("edition").must().drained, "no call is in it");
    let told = events();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].contains("edition 1.0.0 ended: Some("), "{told:?}");
    assert!(told[0].contains("unload of 1 refuses"), "{told:?}");
    assert_eq!(told[1], "1.0.0 to 2.0.0, true");
    assert_eq!(edition::number().must(), 2);
    assert!(old_is_mapped("edition"), "the old one stays");
    assert!(mapped("edition"), "beside the new one");

    editions.install("1");
    kernel.upgrade("edition").must();
    assert_eq!(
        events(),
        ["edition 2.0.0 ended: None", "2.0.0 to 1.0.0, true"]
    );
    editions.write(b"no image");
    let error = kernel.upgrade("edition").expect_err("it is refused");
    assert_eq!(events(), [format!("edition: {error}")]);
}

/// Modules that cannot be upgraded at all.
pub(super) fn some_modules_cannot_be_upgraded(kernel: &'static Kernel, editions: &str) {
    let editions = Editions::new(kernel, editions);
    editions.install("1");
    let refused = |module: &str, parts: &[&str]| {
        let error = kernel.upgrade(module).expect_err("it is refused");
        says(&error, &[&format!("module `{module}`")]);
        says(&error, parts);
        error
    };
    let error = refused("edition", &["is not loaded"]);
    assert!(matches!(error, UpgradeError::NotLoaded { .. }));
    assert_eq!(state(kernel, "edition"), "unloaded", "nor does it load it");
    edition::number().must();
    let error = refused("plan", &["linked into the program"]);
    assert!(matches!(error, UpgradeError::Static { .. }));
    heap::bytes(1).must();
    let error = refused("heap", &["load-only", "#[ustub]"]);
    assert!(matches!(error, UpgradeError::LoadOnly { .. }));
    edition::keep().must();
    let error = refused("edition", &["`edition::keep`", "#[stub]"]);
    assert!(matches!(error, UpgradeError::Pinned { .. }));
}
