//! Unloads: what prevents them, and what a failed one leaves.

use std::arch::asm;
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use dlkm_rt::{Kernel, UnloadError};
use scenario_api::{Orders, audit, audit_seal, clingy, counter, heap, parting, relay};

use super::{Must, mapped, says, state};
use crate::plan;

pub(super) fn an_unloaded_module_comes_back_fresh(kernel: &'static Kernel, _: &str) {
    assert!(matches!(
        kernel.unload("counter"),
        Err(UnloadError::NotLoaded { .. })
    ));
    for _ in 0..3 {
        assert_eq!(counter::count().must(), 1, "a fresh copy each time");
        assert_eq!(counter::count().must(), 2);
        kernel.unload("counter").must();
        assert!(!mapped("counter"));
        assert_eq!(state(kernel, "counter"), "unloaded");
        assert_eq!(plan::notes(), ["counter load", "counter unload"]);
    }
}

pub(super) fn loads_and_unloads_reach_all_callers_among_many_images(
    kernel: &'static Kernel,
    _: &str,
) {
    assert_eq!(relay::relay().must(), 1, "counts through the relay's stubs");
    let modules = kernel.modules();
    let free = modules.iter().filter(|one| {
        let needs_none = one.metadata().is_some_and(|one| one.depends().is_empty());
        // These have a counter that can't be unloaded.
        needs_none && !["asker", "veteran"].contains(&one.name())
    });
    // Some are made to fail.
    let loaded = free.filter(|one| kernel.load(one.name()).is_ok()).count();
    assert!(loaded > 20, "{loaded}");
    for _ in 0..3 {
        assert_eq!(relay::relay().must(), 2);
        kernel.unload("counter").must();
        assert_eq!(relay::relay_peek().must(), 0, "its fallback");
        assert_eq!(counter::count().must(), 1, "a fresh copy");
        assert_eq!(relay::relay_peek().must(), 1, "its weak stub is bound too");
        // A new image's weak stubs are bound when it is loaded.
        kernel.unload("relay").must();
        kernel.load("relay").must();
        assert_eq!(relay::relay_peek().must(), 1);
    }
    kernel.unload("relay").must();
    kernel.unload("counter").must();
    assert_eq!(relay::relay().must(), 1);
}

fn busy(kernel: &Kernel) {
    let error = kernel.unload("counter").expect_err("a call is in flight");
    says(&error, &["counter", "busy", "in flight"]);
    assert!(matches!(error, UnloadError::Busy { dependants, .. } if dependants.is_empty()));
    assert_eq!(state(kernel, "counter"), "loaded");
}

pub(super) fn a_call_in_flight_keeps_the_module(kernel: &'static Kernel, _: &str) {
    let ran = counter::during(&mut || {
        busy(kernel);
        assert_eq!(counter::count().must(), 1, "it goes on working");
        counter::during(&mut || busy(kernel));
        busy(kernel);
    });
    assert!(ran);
    assert_eq!(
        plan::notes(),
        ["counter load"],
        "the unload hook was not asked"
    );
    kernel.unload("counter").must();
}

pub(super) fn a_call_of_another_thread_keeps_the_module(kernel: &'static Kernel, _: &str) {
    let (inside, is_inside) = mpsc::channel();
    let (leave, may_leave) = mpsc::channel::<()>();
    let caller = thread::spawn(move || {
        counter::during(&mut || {
            inside.send(()).expect("the test waits");
            may_leave.recv().expect("the test says when");
        })
    });
    is_inside.recv().expect("the caller");
    busy(kernel);
    leave.send(()).expect("the caller waits");
    assert!(caller.join().expect("no panic"));
    kernel.unload("counter").must();
}

pub(super) fn an_unload_from_inside_is_refused(kernel: &'static Kernel, _: &str) {
    // An unload from inside a call, then a real one, then both again.
    for _ in 0..2 {
        counter::during(&mut || busy(kernel));
        kernel.unload("counter").must();
    }
}

pub(super) fn a_load_only_module_stays(kernel: &'static Kernel, _: &str) {
    assert_eq!(heap::bytes(2).must(), [0, 1]);
    let error = kernel.unload("heap").expect_err("load-only");
    says(&error, &["heap", "load-only", "#[ustub]"]);
    assert!(matches!(error, UnloadError::LoadOnly { .. }));
    assert_eq!(heap::bytes(1).must(), [0]);
}

pub(super) fn a_called_stub_pins_its_module(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    kernel.unload("counter").must();
    assert_eq!(counter::keep().must(), 1);
    let error = kernel
        .unload("counter")
        .expect_err("its `#[stub]` was called");
    says(&error, &["counter", "counter::keep", "#[stub]"]);
    assert!(matches!(error, UnloadError::Pinned { .. }));
    assert_eq!(counter::keep().must(), 2);
    assert_eq!(counter::count().must(), 3);
}

/// Its interface says `class = unloadable`, and has weak stubs only.
pub(super) fn a_module_of_weak_stubs_alone_can_go(kernel: &'static Kernel, _: &str) {
    let not_run = || panic!("there is no module");
    for _ in 0..3 {
        assert_eq!(audit::record(), 0, "the fallback");
        assert!(!audit::during(&mut || not_run()));
        kernel.load("audit").must();
        assert_eq!(audit::record(), 1, "a fresh copy each time");
        let ran = audit::during(&mut || {
            let error = kernel.unload("audit").expect_err("a call is in flight");
            assert!(matches!(error, UnloadError::Busy { .. }), "{error}");
            assert_eq!(audit::record(), 2, "it goes on working");
        });
        assert!(ran);
        kernel.unload("audit").must();
        assert!(!mapped("audit"));
    }
}

pub(super) fn a_stub_pins_the_module_of_an_interface_without_ustub(
    kernel: &'static Kernel,
    _: &str,
) {
    kernel.load("audit").must();
    kernel.unload("audit").must();
    assert_eq!(audit_seal::seal().must(), 0);
    let error = kernel
        .unload("audit")
        .expect_err("its `#[stub]` was called");
    says(&error, &["audit", "audit-seal::seal", "#[stub]"]);
    assert!(matches!(error, UnloadError::Pinned { .. }));
}

pub(super) fn a_static_module_stays(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    let error = kernel.unload("plan").expect_err("part of this program");
    assert!(matches!(error, UnloadError::Static { .. }), "{error}");
}

pub(super) fn an_unload_hook_may_refuse(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    plan::order("counter unload", Orders::Fail);
    let error = kernel.unload("counter").expect_err("its hook refuses");
    says(&error, &["counter", "unload hook refused", "still needed"]);
    after_failed_unload(kernel);
}

pub(super) fn a_panic_of_an_unload_hook_refuses(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    plan::order("counter unload", Orders::Panic);
    let error = kernel.unload("counter").expect_err("its hook panics");
    says(
        &error,
        &["counter", "unload hook panicked", "unload went wrong"],
    );
    after_failed_unload(kernel);
}

fn after_failed_unload(kernel: &Kernel) {
    assert_eq!(state(kernel, "counter"), "loaded");
    assert_eq!(
        counter::count().must(),
        2,
        "the same module, not a fresh one"
    );
    assert_eq!(counter::peek(), 2);
    plan::order("counter unload", Orders::Succeed);
    kernel.unload("counter").must();
    assert_eq!(counter::count().must(), 1);
}

/// A weak stub that is called while the unload hook runs waits for the outcome, since the fallback
/// would be wrong if the hook refuses. So does a weak stub in another module's image.
pub(super) fn a_weak_call_waits_for_the_unload(kernel: &'static Kernel, _: &str) {
    let paths: [fn() -> u64; 2] = [counter::peek, || relay::relay_peek().must()];
    for peek in paths {
        counter::count().must();
        counter::count().must();
        assert_eq!(peek(), 2);
        for (orders, expected) in [(Orders::Fail, 2), (Orders::Succeed, 0)] {
            let (send, receive) = mpsc::channel();
            plan::order("counter unload", orders);
            plan::errand("counter unload", move || {
                let (seen, early) = mpsc::channel();
                thread::spawn(move || {
                    let count = peek();
                    // The hook may have ended and closed the channel.
                    let _ = seen.send(count);
                    send.send(count).expect("the scenario waits");
                });
                let early = early.recv_timeout(Duration::from_millis(100));
                assert!(
                    early.is_err(),
                    "answered {early:?} before the unload was over"
                );
            });
            let unloaded = kernel.unload("counter").is_ok();
            assert_eq!(unloaded, orders == Orders::Succeed);
            assert_eq!(
                receive.recv_timeout(plan::PATIENCE).expect("an answer"),
                expected
            );
        }
    }
}

/// A call through another module keeps both modules busy.
pub(super) fn a_call_through_a_module_keeps_both(kernel: &'static Kernel, _: &str) {
    let ran = relay::relay_during(&mut || {
        busy(kernel);
        let error = kernel.unload("relay").expect_err("a call is in flight");
        says(&error, &["relay", "busy", "in flight"]);
    });
    assert!(ran.must());
    kernel.unload("counter").must();
    kernel.unload("relay").must();
}

/// A module's own hook cannot call the module while it is being unloaded; nothing hangs.
pub(super) fn calls_from_the_unload_hook_do_not_hang(kernel: &'static Kernel, _: &str) {
    counter::count().must();
    plan::errand("counter unload", move || {
        assert_eq!(counter::peek(), 0);
        let error = counter::count().expect_err("it is being unloaded");
        says(&error, &["counter → counter"]);
        assert!(matches!(
            kernel.unload("counter"),
            Err(UnloadError::Busy { .. })
        ));
        assert!(kernel.load("counter").is_err());
    });
    kernel.unload("counter").must();
    assert_eq!(counter::count().must(), 1);
}

/// A thread's last destructor may call a module after the thread's hold records are gone.
pub(super) fn a_call_from_a_thread_destructor_works(kernel: &'static Kernel, _: &str) {
    struct Last(Cell<Option<mpsc::Sender<u64>>>);
    impl Drop for Last {
        fn drop(&mut self) {
            if let Some(send) = self.0.take() {
                let count = counter::count().must() + counter::count().must();
                send.send(count).expect("the scenario waits");
            }
        }
    }
    thread_local!(static LAST: Last = const { Last(Cell::new(None)) });

    for _ in 0..3 {
        let (send, receive) = mpsc::channel();
        let thread = thread::spawn(move || {
            // Initialised before the thread's first call, so destroyed after what the call set up.
            LAST.with(|last| last.0.set(Some(send)));
            counter::count().must();
        });
        assert_eq!(receive.recv().expect("an answer"), 2 + 3);
        thread.join().expect("no panic");
        kernel.unload("counter").must();
    }
}

/// The slots of an image that the system keeps mapped do not lead into a module that has been
/// unloaded since, and the next image has slots of its own.
pub(super) fn stubs_of_a_kept_image_are_unbound(kernel: &'static Kernel, _: &str) {
    assert_eq!(clingy::cling().must(), 1);
    assert_eq!(clingy::cling_peek().must(), 1);
    kernel.unload("clingy").must();
    assert!(mapped("clingy"), "or the scenario shows nothing");
    kernel.unload("counter").must();
    assert!(!mapped("counter"));
    assert_eq!(clingy::cling_peek().must(), 0, "the weak stub's fallback");
    assert_eq!(clingy::cling().must(), 1, "the strong stub loads it again");
    assert_eq!(clingy::cling_peek().must(), 1);
    kernel.unload("clingy").must();
    kernel.unload("counter").must();
}

pub(super) fn ended_threads_leave_no_call_in_flight(kernel: &'static Kernel, _: &str) {
    for round in 0..50 {
        let threads: Vec<_> = (0..4)
            .map(|_| thread::spawn(|| counter::count().must()))
            .collect();
        let mut seen: Vec<_> = threads
            .into_iter()
            .map(|thread| thread.join().expect("no panic"))
            .collect();
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 3, 4], "round {round}");
        // The threads have ended, so none of their calls counts as in flight.
        kernel.unload("counter").must();
    }
}

/// The destructor runs under a lock of the dynamic linker, while another thread loads the module
/// that it calls. If it waited for that thread, and that thread opened an image, neither would end.
pub(super) fn a_destructor_of_an_image_finds_no_kernel(kernel: &'static Kernel, _: &str) {
    let file = std::env::temp_dir().join(format!("dlkm-parting-{}", std::process::id()));
    let path = file.to_str().expect("UTF-8").to_owned();
    parting::note(&path).must();

    let (loading, is_loading) = mpsc::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    plan::errand("counter load", move || {
        loading.send(()).expect("the scenario waits");
        may_go_on.recv().expect("the scenario says when");
    });
    let loader = thread::spawn(|| counter::count().must());
    is_loading.recv().expect("it loads");

    let (closed, is_closed) = mpsc::channel();
    let unloader = thread::spawn(move || {
        kernel.unload("parting").must();
        closed.send(()).expect("the scenario waits");
    });
    // It takes a moment, or as long as the load.
    let in_time = is_closed.recv_timeout(Duration::from_secs(20)).is_ok();
    go_on.send(()).expect("the hook waits");
    unloader.join().expect("no panic");
    assert!(in_time, "the destructor waited for the load");
    assert_eq!(loader.join().expect("no panic"), 1, "one call");
    assert!(!mapped("parting"), "or no destructor ran");

    let met = std::fs::read_to_string(&file).expect("the destructor wrote it");
    std::fs::remove_file(&file).expect("it is there");
    let [strong, weak, orphan] = met.lines().collect::<Vec<_>>()[..] else {
        panic!("{met}");
    };
    assert!(
        strong.contains("`counter::count`") && strong.contains("is unloaded"),
        "{strong}"
    );
    assert_eq!((weak, orphan), ("0", "false"), "the fallbacks");
    kernel.unload("counter").must();
}

/// How often the signal handler below ran.
static SIGNALS: AtomicU64 = AtomicU64::new(0);

/// Calls the function that it interrupts, or another one of its interface.
extern "C" fn call_again(_: libc::c_int) {
    SIGNALS.fetch_add(1, Ordering::Relaxed);
    // A handler has no caller to report a failure to.
    let _ = counter::count();
}

/// From now on, the processor raises SIGTRAP after each instruction of this thread outside of the
/// handler (`true`), or no longer.
#[inline(always)]
fn step(on: bool) {
    match on {
        // SAFETY: it changes the trap flag alone; the signal that the flag causes has a handler.
        true => unsafe { asm!("pushfq", "or qword ptr [rsp], 0x100", "popfq") },
        // SAFETY: it changes the trap flag alone.
        false => unsafe { asm!("pushfq", "and qword ptr [rsp], -0x101", "popfq") },
    }
}

/// How many calls of `counter` are in flight.
fn in_flight(kernel: &Kernel) -> u64 {
    let now = kernel.snapshot();
    let counter = now.module("counter").expect("it is loaded");
    counter.in_flight().expect("its calls are counted")
}

/// A call counts itself in and out by one instruction each, so no signal comes in the middle.
pub(super) fn signals_between_all_instructions_of_a_call_lose_no_count(
    kernel: &'static Kernel,
    _: &str,
) {
    // A thread's first call is not for signal handlers.
    assert_eq!(counter::count().must(), 1);
    let handler = call_again as extern "C" fn(libc::c_int);
    // SAFETY: the handler's calls find a bound slot and a known record, so they take no lock and
    // allocate nothing.
    let before = unsafe { libc::signal(libc::SIGTRAP, handler as libc::sighandler_t) };
    assert_ne!(before, libc::SIG_ERR);
    let mut inside = 0;
    step(true);
    let ran = counter::during(&mut || {
        step(false);
        inside = SIGNALS.load(Ordering::Relaxed);
        // Not the sum of lost entries and exits.
        assert_eq!(in_flight(kernel), 1);
        busy(kernel);
        step(true);
    });
    step(false);
    assert!(ran);
    assert_eq!(in_flight(kernel), 0);
    let all = SIGNALS.load(Ordering::Relaxed);
    println!(
        "{inside} signals on the way in, {} on the way out",
        all - inside
    );
    assert!(
        inside > 10 && all > inside + 5,
        "or the scenario shows nothing"
    );
    assert_eq!(
        counter::count().must(),
        all + 2,
        "each handler's call arrived"
    );
    kernel.unload("counter").must();
    assert!(!mapped("counter"));
}
