//! Many threads that call, load and unload at once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

use dlkm_rt::{Kernel, UnloadError};
use scenario_api::{Orders, audit, counter, faulty};

use super::{Must, state};
use crate::end::End;
use crate::plan;

const THREADS: usize = 16;

pub(super) fn many_first_callers_load_once(_: &'static Kernel, _: &str) {
    let start = Barrier::new(THREADS);
    let mut counts: Vec<_> = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..THREADS)
            .map(|_| {
                scope.spawn(|| {
                    start.wait();
                    counter::count().must()
                })
            })
            .collect();
        callers
            .into_iter()
            .map(|caller| caller.join().expect("no panic"))
            .collect()
    });
    counts.sort_unstable();
    assert!(
        counts.into_iter().eq(1..=THREADS as u64),
        "each call counted once, in one module"
    );
    assert_eq!(plan::notes(), ["counter load"], "loaded once");
}

pub(super) fn many_failing_callers_share_one_failure(_: &'static Kernel, _: &str) {
    plan::order("faulty load", Orders::Fail);
    let start = Barrier::new(THREADS);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                start.wait();
                let error = faulty::seven().expect_err("its hook fails");
                assert!(error.to_string().contains("No such device"), "{error}");
            });
        }
    });
    let asked = plan::notes()
        .into_iter()
        .filter(|note| note == "faulty load")
        .count();
    assert_eq!(asked, 1, "tried once, the failure shared");
}

/// Calls succeed while the module is unloaded and loaded again.
pub(super) fn callers_do_not_notice_unloads(kernel: &'static Kernel, _: &str) {
    const UNLOADS: u32 = 200;
    let end = End::default();
    let calls = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let _end = end.guard();
                while !end.has_come() {
                    assert!(counter::count().must() > 0);
                    let mut ran = false;
                    assert!(counter::during(&mut || ran = true) && ran);
                    calls.fetch_add(2, Ordering::Relaxed);
                    // Stay out of the module for a while, or every unload finds it busy.
                    (0..1000).for_each(|_| std::hint::spin_loop());
                }
            });
        }
        let _end = end.guard();
        let mut unloads = 0;
        while unloads < UNLOADS {
            assert!(!end.has_come(), "a call failed");
            match kernel.unload("counter") {
                Ok(()) => unloads += 1,
                Err(UnloadError::Busy { .. } | UnloadError::NotLoaded { .. }) => {
                    std::thread::yield_now();
                }
                Err(error) => panic!("{error}"),
            }
        }
    });
    assert!(calls.load(Ordering::Relaxed) > 0);
}

/// Weak stubs of an unloadable interface hold the module, though it has no `#[ustub]`.
pub(super) fn weak_callers_are_in_a_loaded_module_or_in_none(kernel: &'static Kernel, _: &str) {
    const UNLOADS: u32 = 200;
    let end = End::default();
    let (inside, outside) = (AtomicU64::new(0), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let _end = end.guard();
                while !end.has_come() {
                    let mut ran = false;
                    let answered = audit::during(&mut || {
                        ran = true;
                        assert_eq!(state(kernel, "audit"), "loaded", "the call holds it");
                        assert!(audit::record() > 0);
                    });
                    assert_eq!(answered, ran);
                    let which = if ran { &inside } else { &outside };
                    which.fetch_add(1, Ordering::Relaxed);
                    // Stay out of the module for a while, or every unload finds it busy.
                    (0..1000).for_each(|_| std::hint::spin_loop());
                }
            });
        }
        let _end = end.guard();
        let mut unloads = 0;
        // Until calls of both kinds were seen: a thread may not run for a while.
        while unloads < UNLOADS
            || [&inside, &outside]
                .map(|one| one.load(Ordering::Relaxed))
                .contains(&0)
        {
            assert!(!end.has_come(), "a call failed");
            match kernel.unload("audit") {
                Ok(()) => unloads += 1,
                Err(UnloadError::Busy { .. }) => std::thread::yield_now(),
                Err(UnloadError::NotLoaded { .. }) => kernel.load("audit").must(),
                Err(error) => panic!("{error}"),
            }
        }
    });
}
