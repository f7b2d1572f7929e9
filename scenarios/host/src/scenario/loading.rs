//! First calls, loads by name, boot, and the kernel's events.

use std::sync::{Arc, Mutex};

use dlkm_rt::{BootError, Cause, Event, Kernel, ModuleRoot, Observer, UnloadError};
use scenario_api::{by_name, counter, heap, left, nobody, relay, right, top};

use super::{Must, mapped, says, state};
use crate::plan;

pub(super) fn a_first_call_loads_the_module_once(kernel: &'static Kernel, _: &str) {
    assert!(!mapped("counter"));
    assert_eq!(state(kernel, "counter"), "unloaded");
    assert_eq!(counter::count().must(), 1);
    assert!(mapped("counter"));
    assert_eq!(state(kernel, "counter"), "loaded");
    assert_eq!(counter::count().must(), 2);
    assert_eq!(plan::notes(), ["counter load"], "loaded once");
    assert!(!mapped("heap"), "no one called it");
}

pub(super) fn a_weak_stub_never_loads(kernel: &'static Kernel, _: &str) {
    assert_eq!(counter::peek(), 0);
    assert_eq!(
        state(kernel, "counter"),
        "unloaded",
        "a weak stub does not load"
    );
    counter::count().must();
    counter::count().must();
    assert_eq!(
        counter::peek(),
        2,
        "it reaches the module that others loaded"
    );
    kernel.unload("counter").must();
    assert_eq!(counter::peek(), 0, "and not the one that was unloaded");
}

pub(super) fn calls_before_the_boot_fail_or_fall_back(root: ModuleRoot) {
    let error = heap::bytes(1).expect_err("no kernel yet");
    says(
        &error,
        &["heap::bytes", "no kernel is booted", "Kernel::boot"],
    );
    assert!(matches!(error.cause(), Cause::NotBooted));
    assert_eq!(counter::peek(), 0, "a weak stub's fallback");
    assert_eq!(nobody::call_or(), 42, "a strong stub's fallback");
    assert!(!counter::during(&mut || panic!("never called")));

    Kernel::boot(root).expect("the first kernel");
    assert_eq!(
        heap::bytes(1).must(),
        [0],
        "the same stub works once there is a kernel"
    );
    assert_eq!(counter::count().must(), 1);
}

pub(super) fn a_second_boot_is_refused(kernel: &'static Kernel, _: &str) {
    let error = Kernel::boot(ModuleRoot::none()).expect_err("one is running");
    assert!(matches!(error, BootError::AlreadyBooted));
    says(&error, &["already", "Kernel::get"]);
    assert!(std::ptr::eq(kernel, Kernel::get().expect("the first")));
    assert_eq!(
        counter::count().must(),
        1,
        "the first kernel goes on, with its own root"
    );
}

pub(super) fn a_load_by_name_binds_all_stubs(kernel: &'static Kernel, _: &str) {
    kernel.load("counter").must();
    kernel.load("counter").must();
    assert_eq!(plan::notes(), ["counter load"]);
    assert_eq!(counter::peek(), 0);
    assert_eq!(counter::count().must(), 1);
    assert_eq!(counter::peek(), 1, "the weak stub is bound too");

    kernel.load("bare").must();
    kernel.unload("bare").must();
    assert_eq!(
        plan::notes(),
        ["bare load", "bare unload"],
        "a module without an interface"
    );

    for name in ["", "..", "../counter", "a/b", "no\0pe", "absent"] {
        let error = kernel.load(name).expect_err(name);
        assert!(matches!(error.cause(), Cause::Missing { .. }), "{error}");
    }
}

pub(super) fn a_module_without_auto_loads_by_name_only(kernel: &'static Kernel, _: &str) {
    let error = by_name::three().expect_err("its states lack `auto`");
    says(
        &error,
        &["by-name", "by-name::three", "`auto`", "Kernel::load"],
    );
    assert!(!mapped("by-name"));
    kernel.load("by-name").must();
    assert_eq!(by_name::three().must(), 3);
}

/// kmadmin(1M): "`-L` loads with dependencies".
pub(super) fn dependencies_load_first_and_stay(kernel: &'static Kernel, _: &str) {
    assert_eq!(top::top().must(), 1);
    assert_eq!(
        plan::notes(),
        ["counter load", "top load"],
        "what it needs comes first"
    );
    let error = kernel.unload("counter").expect_err("top needs it");
    says(&error, &["counter", "busy", "top"]);
    assert!(matches!(error, UnloadError::Busy { dependants, .. } if dependants == ["top"]));
    assert_eq!(counter::count().must(), 2, "it goes on working");
    kernel.unload("top").must();
    kernel.unload("counter").must();
    assert_eq!(plan::notes(), ["counter unload"]);
}

pub(super) fn a_module_calls_modules(kernel: &'static Kernel, _: &str) {
    assert_eq!(
        relay::relay_peek().must(),
        0,
        "a weak stub in an image does not load"
    );
    assert_eq!(state(kernel, "counter"), "unloaded");
    assert_eq!(
        relay::relay().must(),
        1,
        "a module's call loads a module: figure 3"
    );
    assert_eq!(counter::count().must(), 2, "and it is the same one");
    assert_eq!(relay::relay_peek().must(), 2);
    kernel.unload("counter").must();
    assert_eq!(
        relay::relay_peek().must(),
        0,
        "stubs in an image are unbound as well"
    );
    assert_eq!(relay::relay().must(), 1);
    kernel.unload("relay").must();
    kernel.unload("counter").must();
    assert_eq!(relay::relay().must(), 1, "again from the start");
}

pub(super) fn a_module_may_provide_two_interfaces(kernel: &'static Kernel, _: &str) {
    assert_eq!(left::left().must(), -1, "found by what it provides");
    assert_eq!(right::right().must(), 1);
    let all = kernel.modules();
    let pair = all.iter().find(|one| one.name() == "pair").expect("listed");
    assert_eq!(
        (pair.version(), pair.kind(), pair.desc()),
        (Some("2.0.1"), Some("pair"), "left and right")
    );
    kernel.unload("pair").must();
    assert_eq!(right::right().must(), 1);
}

pub(super) fn a_missing_module_is_named_and_falls_back(kernel: &'static Kernel, _: &str) {
    let error = nobody::call().expect_err("no such module");
    says(
        &error,
        &["`nobody`", "nobody::call", "nobody.so", "cargo dlkm build"],
    );
    assert_eq!(error.function(), Some("nobody::call"));
    assert_eq!(nobody::call_or(), 42, "the fallback");
    let again = nobody::call().expect_err("still none");
    assert_eq!(error.to_string(), again.to_string());
    assert!(kernel.load("nobody").is_err());
}

#[derive(Clone, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Observer for Diary {
    fn event(&self, event: &Event<'_>) {
        let line = match event {
            Event::Loaded {
                module, asked_by, ..
            } => {
                let version = module.version().expect("it is loaded");
                format!("{} {version} for {asked_by}", module.name())
            }
            Event::LoadFailed { module, .. } => format!("{module} failed"),
            Event::Unloaded { module, .. } => format!("{module} gone"),
            other => format!("{other:?}"),
        };
        self.0.lock().expect("diary").push(line);
    }
}

pub(super) fn an_observer_gets_each_event(kernel: &'static Kernel, _: &str) {
    let diary = Diary::default();
    kernel.observe(diary.clone());
    top::top().must();
    kernel.load("top").must();
    kernel.unload("top").must();
    let _ = nobody::call();
    let _ = nobody::call();
    let lines = diary.0.lock().expect("diary").clone();
    assert_eq!(
        lines,
        [
            "counter 0.1.0 for module `top`",
            "top 0.1.0 for top::top",
            "top gone",
            "nobody failed",
        ]
    );
}

/// Loads the module of that name; prints the error on standard error.
pub(super) fn load(kernel: &'static Kernel, module: &str) {
    if let Err(error) = kernel.load(module) {
        eprintln!("{error}");
    }
}

pub(super) fn list(kernel: &'static Kernel, _: &str) {
    for module in kernel.modules() {
        let what = match module.error() {
            Some(error) => error.to_string(),
            None => {
                let about = module.metadata().expect("its image is usable");
                format!("{} {} {}", about.kind(), about.version(), module.state())
            }
        };
        println!("{}: {what}", module.name());
    }
}
