//! Cases of kmod's test-suite that concern the kernel, each by its name there. `tests/kmod.rs` has the
//! whole list.

use std::fs;
use std::os::unix::fs::symlink;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use dlkm_rt::system::Cause as Why;
use dlkm_rt::{
    BootOptions, Cause, Event, Kernel, ModuleInfo, ModuleRoot, Phase, State, UnloadError,
};
use scenario_api::{Orders, by_name, counter, top, weak_a, weak_b, weak_c};

use super::{Must, mapped, says, state};
use crate::plan;

/// The names of the modules as they are loaded and unloaded.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn note(&self, event: &Event<'_>) {
        let line = match event {
            Event::Loaded { module, .. } => format!("+{}", module.name()),
            Event::Unloaded { module, .. } => format!("-{module}"),
            other => format!("{other:?}"),
        };
        self.0.lock().expect("log").push(line);
    }

    fn of(kernel: &Kernel) -> Self {
        let log = Log::default();
        let notes = log.clone();
        kernel.observe(move |event: &Event<'_>| notes.note(event));
        log
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("log"))
    }
}

/// The images that are loaded.
fn loaded(kernel: &Kernel) -> Vec<String> {
    let all = kernel.modules();
    let loaded = all
        .iter()
        .filter(|one| one.state() == State::Loaded && !one.is_static());
    loaded.map(|one| one.name().to_owned()).collect()
}

/// Whether anything of the module root is mapped.
fn any_mapped(kernel: &Kernel) -> bool {
    let root = kernel.root().path().expect("a folder").to_owned();
    let maps = fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    maps.contains(root.to_str().expect("UTF-8"))
}

/// The dependencies are exactly these, and in order.
pub(super) fn test_dependencies(kernel: &'static Kernel, _: &str) {
    let depends = |module: &str| {
        let module = kernel.module(module).expect("it is there");
        module.metadata().expect("usable").depends().to_vec()
    };
    assert_eq!(depends("faulty"), ["top"]);
    assert_eq!(depends("top"), ["counter"]);
    assert!(depends("counter").is_empty());
    let log = Log::of(kernel);
    kernel.load("faulty").must();
    assert_eq!(log.take(), ["+counter", "+top", "+faulty"]);
    assert_eq!(loaded(kernel), ["counter", "faulty", "top"]);
}

/// To load a built-in succeeds and does nothing.
pub(super) fn modprobe_builtin(kernel: &'static Kernel, _: &str) {
    let log = Log::of(kernel);
    let before = kernel.modules().len();
    for _ in 0..2 {
        kernel.load("plan").must();
        kernel.load("registry").must();
    }
    assert!(log.take().is_empty() && !any_mapped(kernel));
    assert_eq!(kernel.modules().len(), before);
    let error = kernel.unload("plan").expect_err("it is part of the host");
    assert!(matches!(error, UnloadError::Static { .. }), "{error}");
}

/// A look-up names the built-in.
pub(super) fn modprobe_builtin_lookup_only(kernel: &'static Kernel, _: &str) {
    let log = Log::of(kernel);
    let plan = kernel.module("plan").expect("linked in");
    assert!(plan.is_static() && plan.file().is_none());
    assert_eq!((plan.name(), plan.version()), ("plan", Some("0.1.0")));
    let counter = kernel.module("counter").expect("installed");
    assert!(!counter.is_static() && counter.state() == State::Unloaded);
    assert!(log.take().is_empty() && !any_mapped(kernel));
}

/// A built-in says that it is one, whether it was found in the list or by its name.
pub(super) fn test_initstate(kernel: &'static Kernel, _: &str) {
    let says = |module: &ModuleInfo| (module.is_static(), module.state(), module.cause());
    let all = kernel.modules();
    for name in ["plan", "registry"] {
        let listed = all.iter().find(|one| one.name() == name).expect("listed");
        let builtin = (true, State::Loaded, Some(Why::Best));
        assert_eq!(says(listed), builtin);
        assert_eq!(says(&kernel.module(name).expect("found")), builtin);
    }
    let linked: Vec<_> = all.iter().filter(|one| one.is_static()).collect();
    assert_eq!(linked.len(), 2, "{linked:?}");
}

/// A weak dependency loads nothing by itself, and a circle of them does no harm.
pub(super) fn modprobe_weakdep_loop(kernel: &'static Kernel, _: &str) {
    kernel.load("weak-b").must();
    assert_eq!(loaded(kernel), ["weak-b"]);
    assert_eq!(weak_b::walk_b(9), 1, "the next one is not loaded");
    assert_eq!(weak_a::walk_a(9), 0, "nor is the one before");
    assert_eq!(loaded(kernel), ["weak-b"]);
    kernel.load("weak-a").must();
    assert_eq!(weak_a::walk_a(9), 2);
    kernel.load("weak-c").must();
    assert_eq!(weak_c::walk_c(9), 9, "around");
    let now = kernel.snapshot();
    for module in ["weak-a", "weak-b", "weak-c"] {
        let one = now.module(module).expect("it is loaded");
        assert!(one.dependants().is_empty(), "none of them holds another");
    }
}

/// Two hooks that load each other end, and both modules are loaded.
pub(super) fn modprobe_install_cmd_loop(kernel: &'static Kernel, _: &str) {
    plan::errand("bare load", || kernel.load("counter").must());
    plan::errand("counter load", || {
        let error = kernel.load("bare").expect_err("it is being loaded");
        let Cause::Circular { chain, .. } = error.cause() else {
            panic!("{error}");
        };
        assert_eq!(chain, &["bare", "counter", "bare"]);
    });
    let log = Log::of(kernel);
    kernel.load("bare").must();
    let failed = log
        .take()
        .into_iter()
        .filter(|line| !line.starts_with('+'))
        .count();
    assert_eq!(failed, 0, "no module failed");
    assert_eq!(loaded(kernel), ["bare", "counter"]);
    assert_eq!(plan::notes(), ["bare load", "counter load"]);
    assert_eq!(counter::count().must(), 1);
}

/// All modules of the root are found.
pub(super) fn test_load_resource1(kernel: &'static Kernel, _: &str) {
    let all = kernel.modules();
    let root = kernel.root().path().expect("a folder");
    let files = fs::read_dir(root).expect("its own root");
    let images = files.filter(|entry| {
        let path = entry.as_ref().expect("an entry").path();
        path.extension().is_some_and(|suffix| suffix == "so")
    });
    let images = images.count();
    assert!(images > 40, "{images}");
    assert_eq!(all.len(), images + 2, "and two are linked in");
    let wrong: Vec<_> = all.iter().filter_map(ModuleInfo::error).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A file that is empty, or that can't be read, is wrong by itself; the others are as before.
pub(super) fn test_load_resource2(root: ModuleRoot) {
    let folder = root.path().expect("a folder").to_owned();
    fs::write(folder.join("empty.so"), "").expect("its own root");
    fs::create_dir(folder.join("folder.so")).expect("its own root");
    symlink("nowhere", folder.join("gone.so")).expect("its own root");
    symlink("round.so", folder.join("round.so")).expect("its own root");
    // Neither root nor another user can read what is not mapped.
    symlink("/proc/self/mem", folder.join("unreadable.so")).expect("its own root");
    let odd = ["empty", "folder", "gone", "round", "unreadable"];
    // These are no modules: what counts is how a name ends.
    for other in [
        "so",
        ".so",
        ".hidden.so",
        "counter.so.bak",
        "counter.SO",
        "notes.txt",
    ] {
        fs::write(folder.join(other), "").expect("its own root");
    }
    let kernel = Kernel::boot(root).expect("no file of it is needed");
    kernel.enter(Phase::Init).expect("all that is needed loads");
    let all = kernel.modules();
    for name in odd {
        let found = all.iter().find(|one| one.name() == name).expect("listed");
        let error = found.error().expect("it is wrong");
        says(error, &[name]);
        let again = kernel.load(name).expect_err("it is wrong");
        says(&again, &[name]);
        assert_eq!(again.cause().to_string(), error.cause().to_string());
    }
    let wrong = all.iter().filter(|one| one.error().is_some()).count();
    assert_eq!(wrong, odd.len());
    let others = all.iter().filter(|one| one.name().contains(['.', 'S']));
    assert_eq!(others.count(), 0);
    assert_eq!(top::top().must(), 1);
}

/// A boot, and nothing else.
pub(super) fn test_initlib(root: ModuleRoot) {
    let threads = || fs::read_dir("/proc/self/task").expect("/proc").count();
    let files = || fs::read_dir("/proc/self/fd").expect("/proc").count();
    let before = (threads(), files());
    let log = Log::default();
    let notes = log.clone();
    let options = BootOptions::new().observe(move |event: &Event<'_>| notes.note(event));
    let kernel = options.boot(root).expect("the first kernel");
    assert_eq!((threads(), files()), before, "no thread, no open file");
    assert!(!any_mapped(kernel));
    let mut seen = log.take();
    seen.sort();
    assert_eq!(seen, ["+plan", "+registry"], "they are linked in");
    assert!(kernel.reports().is_empty() && kernel.configuration().is_none());
    assert!(loaded(kernel).is_empty());
}

/// What is inserted is in the list.
pub(super) fn test_insert(kernel: &'static Kernel, _: &str) {
    assert!(loaded(kernel).is_empty());
    kernel.load("bare").must();
    assert_eq!(loaded(kernel), ["bare"]);
    let bare = kernel.module("bare").expect("listed");
    let root = kernel.root().path().expect("a folder");
    assert_eq!(bare.file(), Some(&*root.join("bare.so")));
    assert_eq!(bare.cause(), Some(Why::Explicit));
    kernel.load("bare").must();
    assert_eq!(plan::notes(), ["bare load"], "it is there already");
}

/// What is removed is no longer in the list of what is loaded. An unknown module can't be removed.
pub(super) fn test_remove(kernel: &'static Kernel, _: &str) {
    kernel.load("bare").must();
    kernel.unload("bare").must();
    assert!(loaded(kernel).is_empty());
    assert_eq!(state(kernel, "bare"), "unloaded");
    for unknown in ["bare", "never-there", "", "../bare", "a\0b"] {
        let error = kernel.unload(unknown).expect_err("it is not loaded");
        let UnloadError::NotLoaded { module, .. } = &error else {
            panic!("{error}");
        };
        assert_eq!(module, unknown);
    }
}

/// What is removed leaves no trace: nothing is mapped, no file is open, no thread runs, and the list is
/// as before.
pub(super) fn test_remove_leaves_no_trace(kernel: &'static Kernel, _: &str) {
    let traces = || {
        let count = |of: &str| fs::read_dir(of).expect("/proc").count();
        let listed = kernel.modules();
        let listed = listed
            .iter()
            .map(|one| format!("{} {} {:?}", one.name(), one.state(), one.kept()));
        let listed: Vec<_> = listed.collect();
        (count("/proc/self/fd"), count("/proc/self/task"), listed)
    };
    let before = traces();
    for module in ["bare", "faulty", "by-name"] {
        kernel.load(module).must();
        assert!(mapped(module));
        kernel.unload_with_dependencies(module).must();
        assert!(!any_mapped(kernel));
        assert_eq!(traces(), before);
    }
}

/// The list: name, size, how many use it, and who.
pub(super) fn loaded_1(kernel: &'static Kernel, _: &str) {
    top::top().must();
    assert!(counter::during(&mut || {
        let now = kernel.snapshot();
        let row = |name: &str| {
            let one = now.module(name).expect("it is loaded");
            let size = one.memory().expect("it is mapped");
            let file = fs::metadata(one.file().expect("an image")).expect("it is there");
            assert!((4096..file.len()).contains(&size), "{name}: {size}");
            (one.in_flight(), one.dependants().to_vec())
        };
        assert_eq!(row("counter"), (Some(1), vec!["top".to_owned()]));
        assert_eq!(row("top"), (Some(0), vec![]));
        let images = now.modules().iter().filter(|one| one.file().is_some());
        let names: Vec<_> = images.map(|one| one.name()).collect();
        assert_eq!(names, ["counter", "top"]);
    }));
}

/// `-` and `_` are one in names, in all that asks for a module by its name.
pub(super) fn from_name(root: ModuleRoot) {
    let system = "version 1\nmodule by_name loaded phase boot2\nmodule soft_a auto\n\
        module soft-b auto\nmodule tuned-c loaded\ntunable tuned_c.size 9\nmodule plan best\n\
        module vital auto\n";
    let file = root.path().expect("a folder").join("system");
    fs::write(&file, system).expect("its own root");
    let kernel = Kernel::boot(root).expect("the file is right");
    kernel.enter(Phase::Init).expect("nothing fails");
    assert!(kernel.reports().is_empty(), "{:?}", kernel.reports());
    assert_eq!(loaded(kernel), ["by-name", "tuned-c", "vital"]);
    assert_eq!(by_name::three().must(), 3);

    for name in ["by_name", "by-name"] {
        let found = kernel.module(name).expect("it is there");
        assert_eq!((found.name(), found.state()), ("by-name", State::Loaded));
        kernel.unload(name).must();
        let error = kernel.unload(name).expect_err("it is not loaded");
        assert!(matches!(error, UnloadError::NotLoaded { .. }), "{error}");
        kernel.load(name).must();
        kernel.load(name).must();
        assert_eq!(
            loaded(kernel),
            ["by-name", "tuned-c", "vital"],
            "it is one module"
        );
        assert!(kernel.upgrade(name).must().unchanged);
        let now = kernel.snapshot();
        assert_eq!(now.module(name).expect("loaded").name(), "by-name");
    }
    for name in ["tuned-c", "tuned_c"] {
        let sizes = kernel.tunables(name).must();
        assert_eq!(sizes[0].value(), "9");
    }
    kernel.load("soft_a").must();
    assert_eq!(
        loaded(kernel),
        ["by-name", "soft-a", "soft-b", "tuned-c", "vital"]
    );
    let gone = kernel.unload_with_dependencies("soft_a").must();
    assert_eq!(gone[0], "soft-a");

    let next = "version 1\nmodule tuned_c loaded\nmodule soft_b loaded\nmodule plan best\n";
    let next = dlkm_rt::system::SystemFile::parse(next.as_bytes()).expect("it is right");
    assert!(kernel.would_adopt(&next).is_empty());
    let done = kernel.adopt(next).expect("nothing is in use");
    assert_eq!(done.unloaded, ["by-name"]);
    let error = kernel.load("by_name").expect_err("it is unused");
    says(&error, &["`by-name`", "no line"]);
    // Nothing else is one.
    for other in ["by.name", "byname", "By-Name", "by--name"] {
        let error = kernel.load(other).expect_err("no such module");
        says(&error, &[other]);
        assert!(kernel.module(other).is_none());
    }
}

/// An unload waits for one that another thread has begun, and for no longer.
pub(super) fn test_backoff_time(kernel: &'static Kernel, _: &str) {
    for orders in [Orders::Fail, Orders::Succeed] {
        kernel.load("counter").must();
        plan::order("counter unload", orders);
        let (send, receive) = mpsc::channel();
        plan::errand("counter unload", move || {
            let (seen, early) = mpsc::channel();
            thread::spawn(move || {
                let result = kernel.unload("counter");
                // The hook may have ended and closed the channel.
                let _ = seen.send(());
                send.send(result).expect("the scenario waits");
            });
            let early = early.recv_timeout(Duration::from_millis(100));
            assert!(early.is_err(), "it did not wait");
        });
        let first = kernel.unload("counter");
        let second = receive.recv_timeout(plan::PATIENCE).expect("an answer");
        let error = second.expect_err("either way");
        match orders {
            Orders::Succeed => {
                first.must();
                assert!(matches!(error, UnloadError::NotLoaded { .. }), "{error}");
            }
            _ => {
                says(&first.expect_err("its hook refuses"), &["still needed"]);
                says(&error, &["still needed"]);
            }
        }
    }
}
