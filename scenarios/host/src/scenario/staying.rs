//! Modules whose images stay mapped after an unload, because something of them may be left behind.

use std::error::Error;
use std::fs;
use std::panic;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use dlkm_rt::metadata::Metadata;
use dlkm_rt::{Event, Kept, Kernel, UnloadError};
use scenario_api::{
    Orders, Panic, asker, counter, edition, forgiving, hoarder, lender, panics, speaker,
};

use super::{Must, limit_files, mapped, says, state};
use crate::editions::Editions;
use crate::plan;

/// Why the image of `lender` stays.
const WHY: &str = "`lender::text` gives an address away";

/// Makes an image in the module root say that it stays mapped, as images do whose functions' types
/// do not prove the contrary. The text takes a part of the description's room.
pub(super) fn stays(root: &Path, module: &str, function: &str) {
    let file = root.join(format!("{module}.so"));
    let metadata = Metadata::read(&file).expect("it was built");
    if metadata.stays_mapped().is_some() {
        return;
    }
    let mut image = fs::read(&file).expect("it was built");
    let old = format!("\0desc={}\0", metadata.desc()).into_bytes();
    let mut new =
        format!("\0desc=short\0stays-mapped={module}::{function} gives an address away\0padding=")
            .into_bytes();
    new.resize(old.len() - 1, b'.');
    new.push(0);
    let places = image.windows(old.len()).enumerate();
    let places: Vec<usize> = places
        .filter_map(|(at, text)| (text == old).then_some(at))
        .collect();
    for at in places {
        image[at..at + new.len()].copy_from_slice(&new);
    }
    let part = file.with_extension("part");
    fs::write(&part, image).expect("the root can be written");
    fs::rename(part, &file).expect("the root can be written");
    let metadata = Metadata::read(&file).expect("it is one still");
    assert!(metadata.stays_mapped().is_some());
}

fn lender_stays(kernel: &Kernel) {
    let root = kernel.root().path().expect("there is one").to_owned();
    stays(&root, "lender", "text");
}

/// What the events since the start say about kept images.
fn watch(kernel: &Kernel) -> Arc<Mutex<Vec<Option<Kept>>>> {
    let all = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&all);
    kernel.observe(move |event: &Event<'_>| {
        if let Event::Unloaded { kept, .. } | Event::Retired { kept, .. } = event {
            heard.lock().expect("no panic").push(*kept);
        }
    });
    all
}

/// How many images of a module stay mapped, by the snapshot.
fn left(kernel: &Kernel, module: &str) -> usize {
    let snapshot = kernel.snapshot();
    snapshot
        .module(module)
        .expect("it was loaded")
        .left_mapped()
}

#[track_caller]
fn is_borrows(kept: Option<Kept>, text: &str) {
    assert!(
        matches!(kept, Some(Kept::Borrows { why, .. }) if why == text),
        "{kept:?}"
    );
}

/// Reads a text that a module left behind.
fn text_at([address, length]: [usize; 2]) -> String {
    let start = std::ptr::with_exposed_provenance(address);
    // SAFETY: `lender` returned both for a text in its image, which stays mapped.
    let bytes = unsafe { std::slice::from_raw_parts(start, length) };
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

pub(super) fn its_module_is_unloaded_all_the_same(kernel: &'static Kernel, _: &str) {
    lender_stays(kernel);
    let heard = watch(kernel);
    let mut texts = Vec::new();
    for round in 1..=3 {
        assert_eq!(
            (lender::tick().must(), lender::tick().must()),
            (1, 2),
            "it starts afresh"
        );
        let loaded = kernel.snapshot().to_string();
        let wanted = format!(
            "  stays mapped after an unload, and is not unloaded when idle, because {WHY}\n"
        );
        assert!(loaded.contains(&wanted), "{loaded}");
        texts.push(lender::text().must());
        kernel.unload("lender").must();
        assert_eq!(plan::notes(), ["lender load", "lender unload"]);
        assert_eq!(state(kernel, "lender"), "unloaded");
        assert!(
            texts
                .iter()
                .all(|text| text_at(*text) == "a text of the module's own")
        );
        is_borrows(kernel.module("lender").expect("it is there").kept(), WHY);
        assert_eq!(left(kernel, "lender"), round);
        assert_eq!(kernel.finish_retired(), 0);
        is_borrows(kernel.module("lender").expect("it is there").kept(), WHY);
        let wanted = match round {
            1 => format!("  1 image stays mapped, because {WHY}\n"),
            _ => format!("  {round} images stay mapped, because {WHY}\n"),
        };
        let snapshot = kernel.snapshot();
        assert!(snapshot.to_string().contains(&wanted), "{snapshot}");
        assert_eq!(
            snapshot
                .module("lender")
                .expect("it was loaded")
                .stays_mapped(),
            Some(WHY)
        );
    }
    let heard = std::mem::take(&mut *heard.lock().expect("no panic"));
    assert_eq!(heard.len(), 3);
    heard.into_iter().for_each(|kept| is_borrows(kept, WHY));
}

pub(super) fn what_it_left_behind_goes_on_working(kernel: &'static Kernel, _: &str) {
    lender_stays(kernel);
    let address = std::ptr::with_exposed_provenance::<()>(lender::function().must());
    kernel.unload("lender").must();
    // SAFETY: the address of a function of this type, in an image that stays mapped.
    let function: fn(u32) -> String = unsafe { std::mem::transmute(address) };
    assert_eq!(
        function(0).len(),
        5000,
        "a block of the host's heap, freed here"
    );
    for _ in 0..100 {
        assert_eq!(function(1), "a thread");
    }
    let heard = Arc::new(Mutex::new(String::new()));
    let hears = Arc::clone(&heard);
    panic::set_hook(Box::new(move |info| {
        *hears.lock().expect("no panic") = info.to_string();
    }));
    assert_eq!(function(2), "Some(\"left behind\")");
    drop(panic::take_hook());
    let heard = heard.lock().expect("no panic").clone();
    assert!(
        heard.contains("module `lender`") && heard.contains("left behind"),
        "{heard}"
    );
    // The module is unloaded: nothing would unbind its stubs, so they find no kernel.
    assert!(function(3).starts_with("Err("), "{}", function(3));
    assert_eq!(
        lender::tick().must(),
        1,
        "the module that serves is another image"
    );
    kernel.unload("lender").must();
}

pub(super) fn a_module_that_never_served_is_unmapped(kernel: &'static Kernel, _: &str) {
    lender_stays(kernel);
    plan::order("lender load", Orders::Fail);
    for _ in 0..3 {
        let error = kernel.load("lender").expect_err("the hook fails");
        says(&error, &["its load hook failed: not now"]);
        assert!(!mapped("lender"), "no one has called it");
    }
    assert_eq!(left(kernel, "lender"), 0);
    plan::order("lender load", Orders::Succeed);
    kernel.load("lender").must();
    kernel.unload("lender").must();
    assert!(mapped("lender"));
}

/// The descriptors that this process has open.
fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").expect("/proc").count()
}

pub(super) fn each_life_leaves_memory_and_nothing_else(kernel: &'static Kernel, _: &str) {
    lender_stays(kernel);
    // The second load is the first that needs a copy.
    for _ in 0..2 {
        assert_eq!(lender::tick().must(), 1);
        kernel.unload("lender").must();
    }
    let before = descriptors();
    let limit = limit_files(u64::try_from(before).expect("a number") + 3);
    for round in 3..=60 {
        assert_eq!(lender::tick().must(), 1, "round {round}");
        assert!(
            kernel
                .module("lender")
                .expect("it is there")
                .copy()
                .is_some()
        );
        kernel.unload("lender").must();
        assert_eq!(descriptors(), before, "round {round}");
        assert_eq!(left(kernel, "lender"), round);
    }
    limit_files(limit);
}

pub(super) fn an_idle_one_is_not_reaped(kernel: &'static Kernel, _: &str) {
    let idle = || {
        lender::tick().must();
        kernel.reap();
        thread::sleep(Duration::from_millis(3));
        kernel.reap()
    };
    assert_eq!(idle().unloaded, ["lender"], "without the mark");
    lender_stays(kernel);
    let reaped = idle();
    assert!(reaped.unloaded.is_empty() && reaped.refused.is_empty());
    assert!(reaped.next.is_none(), "there is nothing to wait for");
    assert_eq!(state(kernel, "lender"), "loaded");
    kernel.unload("lender").must();
}

/// How many images of a module are mapped, copies and replaced files included.
fn images(module: &str) -> usize {
    let maps = fs::read_to_string("/proc/self/maps").expect("/proc");
    let code = maps.lines().filter(|line| line.contains("r-xp"));
    code.filter(|line| line.contains(&format!("{module}.so")))
        .count()
}

pub(super) fn an_old_version_stays_mapped(kernel: &'static Kernel, editions: &str) {
    let editions = Editions::new(kernel, editions);
    let root = kernel.root().path().expect("there is one");
    editions.install("1");
    stays(root, "edition", "number");
    let heard = watch(kernel);
    assert_eq!(edition::number().must(), 1);
    editions.install("2");
    assert!(kernel.upgrade("edition").must().drained);
    let why = "`edition::number` gives an address away";
    is_borrows(heard.lock().expect("no panic")[0], why);
    assert_eq!(left(kernel, "edition"), 1);
    assert_eq!(edition::number().must(), 2);
    assert_eq!(images("edition"), 2);
    // The new one says nothing of the kind.
    kernel.unload("edition").must();
    assert_eq!(images("edition"), 1);
    assert_eq!(heard.lock().expect("no panic")[1], None);
    assert_eq!(left(kernel, "edition"), 1);
}

/// Why the image of `asker` stays.
const ASKS: &str = "it calls `counter::count`, which takes a borrow";

pub(super) fn a_caller_stays_mapped_once_it_has_called(kernel: &'static Kernel, _: &str) {
    let heard = watch(kernel);
    let kept = || heard.lock().expect("no panic").pop().expect("an unload");
    counter::count().must();
    asker::call_none().must();
    assert_eq!(
        kernel
            .snapshot()
            .module("asker")
            .expect("loaded")
            .stays_mapped(),
        None
    );
    kernel.unload("asker").must();
    assert_eq!(kept(), None);
    assert!(!mapped("asker"), "it has only linked the interface");

    assert_eq!(asker::call_count().must(), 2);
    assert_eq!(asker::call_count().must(), 3, "by the bound slot");
    kernel.unload("asker").must();
    is_borrows(kept(), ASKS);
    assert!(mapped("asker"));
    kernel.unload("counter").must();
    assert_eq!(kept(), None, "what was called may go");
    assert!(!mapped("counter"));
}

pub(super) fn a_weak_call_counts_too(kernel: &'static Kernel, _: &str) {
    assert_eq!(asker::call_peek().must(), u64::MAX, "the fallback");
    kernel.unload("asker").must();
    assert!(!mapped("asker"), "it has called no module");
    // In each order of loads.
    for counter_first in [true, false] {
        if counter_first {
            counter::count().must();
            asker::call_none().must();
        } else {
            asker::call_none().must();
            counter::count().must();
        }
        assert_eq!(asker::call_peek().must(), 1);
        kernel.unload("counter").must();
        assert_eq!(asker::call_peek().must(), u64::MAX, "the fallback");
        kernel.unload("asker").must();
    }
    assert_eq!(left(kernel, "asker"), 2);
}

pub(super) fn a_caller_may_be_bound_again(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    asker::call_count().must();
    // The stubs are bound again after an unload that did not succeed.
    plan::order("counter unload", Orders::Fail);
    assert!(kernel.unload("counter").is_err());
    plan::order("counter unload", Orders::Succeed);
    assert_eq!(asker::call_count().must(), 3);
    assert_eq!(asker::call_peek().must(), 3);
    kernel.unload("asker").must();
    assert_eq!(left(kernel, "asker"), 1);
}

/// Stubs whose first call asks the kernel, while what they call and their own module are unloaded.
pub(super) fn callers_notice_nothing(kernel: &'static Kernel, _: &str) {
    lender_stays(kernel);
    let enough = AtomicBool::new(false);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !enough.load(Relaxed) {
                    lender::tick().must();
                    asker::call_count().must();
                    asker::call_peek().must();
                }
            });
        }
        let mut unloads = [0; 3];
        while unloads.iter().any(|number| *number < 10) {
            for (module, number) in ["asker", "lender", "counter"].iter().zip(&mut unloads) {
                match kernel.unload(module) {
                    Ok(()) => *number += 1,
                    Err(UnloadError::NotLoaded { .. } | UnloadError::Busy { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
                thread::yield_now();
            }
        }
        enough.store(true, Relaxed);
    });
    for module in ["asker", "lender"] {
        assert!(left(kernel, module) > 0, "{module}");
    }
    assert_eq!(left(kernel, "counter"), 0);
}

pub(super) fn a_boot_in_a_module_is_refused(kernel: &'static Kernel, _: &str) {
    assert_eq!(lender::boot().must(), "Err(AlreadyBooted)");
    kernel.unload("lender").must();
    assert!(!mapped("lender"));
}

/// What says why something failed is of text that it owns.
pub(super) fn errors_and_panics_outlive_their_modules(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    let panicked = forgiving::divide(1, 0).expect_err("it panics");
    let payload = panic::catch_unwind(|| panics::panic(Panic::Str)).expect_err("it panics");
    plan::order("lender load", Orders::Panic);
    let not_loaded = lender::tick().expect_err("its hook panics");
    let again = lender::tick().expect_err("the stub repeats it");
    plan::order("lender load", Orders::Succeed);
    kernel.load("lender").must();
    plan::order("lender unload", Orders::Fail);
    let not_unloaded = kernel.unload("lender").expect_err("its hook fails");
    plan::order("lender unload", Orders::Succeed);
    for module in ["forgiving", "panics", "lender"] {
        kernel.unload(module).must();
        assert!(!mapped(module));
    }
    says(
        &panicked,
        &["`forgiving::divide` panicked", "divide by zero"],
    );
    for error in [&not_loaded, &again] {
        says(error, &["its load hook panicked: it went wrong"]);
        let source = error.source().expect("the hook's");
        assert_eq!(format!("{source}"), "it went wrong");
        assert!(format!("{error:?}").contains("it went wrong"));
    }
    says(&not_unloaded, &["its unload hook refused: not now"]);
    let text = payload.downcast::<String>().expect("the host's own");
    assert!(text.contains("a plain text"), "{text}");
}

/// A module keeps the errors of its caller's reader and writer, which are the caller's code and
/// texts.
pub(super) fn errors_of_a_caller_outlive_its_image(kernel: &'static Kernel, _: &str) {
    let of_a_reader = [
        "TimedOut: the speaker complains of a static of the speaker",
        "StorageFull 28: No space left on device (os error 28)",
        "Interrupted: operation interrupted",
        "UnexpectedEof: failed to fill whole buffer",
    ];
    assert_eq!(speaker::speak().must(), 9);
    kernel.unload("speaker").must();
    assert!(!mapped("speaker"));
    let kept = hoarder::show().must();
    assert_eq!(kept[..4], of_a_reader);
    assert_eq!(kept[4..], [of_a_reader[0]; 5]);

    assert_eq!(speaker::speak_later().must(), 13);
    kernel.unload("speaker").must();
    assert!(!mapped("speaker"));
    assert_eq!(hoarder::show().must()[9..], of_a_reader);
}
