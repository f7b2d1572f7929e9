//! Dependencies: versions, interfaces, modules that are wanted, and what goes with a module.

use std::fs;
use std::sync::{Arc, Mutex};

use dlkm_rt::{Cause, Event, Kernel, ModuleRoot};

use super::{Must, says, state};

/// The names of the modules as they are loaded.
fn watch(kernel: &Kernel) -> Arc<Mutex<Vec<String>>> {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    kernel.observe(move |event: &Event<'_>| {
        if let Event::Loaded { module, .. } = event {
            log.lock().expect("log").push(module.name().to_owned());
        }
    });
    seen
}

/// modprobe.d(5): `softdep m pre: … post: …`
pub(super) fn what_is_needed_and_wanted_is_loaded_around_a_module(
    kernel: &'static Kernel,
    _: &str,
) {
    let seen = watch(kernel);
    kernel.load("picky").must();
    let seen = seen.lock().expect("log").clone();
    assert_eq!(seen, ["heap", "pair", "counter", "picky", "by-name"]);
    // modprobe.d(5): a weak dependency is never loaded by the tool.
    assert_eq!(state(kernel, "calc"), "unloaded");
}

/// kcmodule(1M), `-P depend`: "`depend {module|interface} name:version`"
pub(super) fn a_version_out_of_the_range_is_refused(kernel: &'static Kernel, _: &str) {
    let error = kernel.load("choosy").expect_err("pair is 2.0.1");
    says(
        &error,
        &[
            "`choosy`",
            "needs module pair >=3, <4, and module `pair` has version 2.0.1",
        ],
    );
    assert!(matches!(error.cause(), Cause::Requirement { .. }));
    for module in ["pair", "counter"] {
        assert_eq!(state(kernel, module), "unloaded", "no code has run");
    }
}

pub(super) fn a_weak_dependency_must_be_there(root: ModuleRoot) {
    fs::remove_file(root.path().expect("a folder").join("calc.so")).expect("a file");
    let kernel = Kernel::boot(root).expect("the first kernel");
    let error = kernel.load("picky").expect_err("calc is gone");
    says(&error, &["`picky`", "`calc`", "there is no image"]);
}

pub(super) fn what_is_wanted_and_unused_is_left_out(root: ModuleRoot) {
    let system = "version 1\nmodule picky auto\nmodule pair auto\nmodule counter auto\n\
        module heap unused\nmodule by-name unused\nmodule plan best\n";
    fs::write(root.path().expect("a folder").join("system"), system).expect("its own root");
    let kernel = Kernel::boot(root).expect("the file is right");
    kernel.load("picky").must();
    assert_eq!(state(kernel, "heap"), "unloaded");
    assert_eq!(state(kernel, "by-name"), "unloaded");
}

/// kmod's test `modprobe_softdep_loop`: the loop is broken, and both are loaded.
pub(super) fn modules_that_want_each_other_are_both_loaded(kernel: &'static Kernel, _: &str) {
    let seen = watch(kernel);
    kernel.load("soft-a").must();
    assert_eq!(*seen.lock().expect("log"), ["soft-b", "soft-a"]);
}

/// kmadmin(1M), `-U`: "says what was unloaded"; kcmodule(1M): "`depend`: another module depends on it".
pub(super) fn what_was_loaded_for_a_module_goes_with_it(kernel: &'static Kernel, _: &str) {
    // `pair` is load-only and stays; `heap` and `by-name` were wanted, not needed.
    kernel.load("faulty").must();
    assert_eq!(state(kernel, "counter"), "loaded");
    let gone = kernel.unload_with_dependencies("faulty").must();
    assert_eq!(gone, ["faulty", "top", "counter"]);

    // What someone else has asked for stays.
    kernel.load("counter").must();
    kernel.load("faulty").must();
    let gone = kernel.unload_with_dependencies("faulty").must();
    assert_eq!(gone, ["faulty", "top"]);
    assert_eq!(state(kernel, "counter"), "loaded");
    let error = kernel
        .unload_with_dependencies("heap")
        .expect_err("not loaded");
    says(&error, &["`heap`"]);
}
