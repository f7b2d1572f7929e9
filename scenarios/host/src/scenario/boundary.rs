//! What crosses the boundary: heap blocks, writers and panics.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;
use std::{fmt, io};

use dlkm_rt::{Event, Kernel, ModuleRoot};
use scenario_api::{Panic, counter, panics, relay, scribe};

use super::{Must, mapped, state};

pub(super) fn blocks_are_on_the_host_heap(_: &'static Kernel, _: &str) {
    crate::heap_check::run();
}

/// A writer that keeps each literal that it can get hold of.
#[derive(Default)]
struct Keeper {
    kept: Vec<&'static str>,
    text: String,
    flushed: bool,
}

impl io::Write for Keeper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> io::Result<()> {
        self.kept.extend(arguments.as_str());
        self.write_all(arguments.to_string().as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.flushed = true;
        Ok(())
    }
}

impl fmt::Write for Keeper {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text.push_str(text);
        Ok(())
    }

    fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> fmt::Result {
        self.kept.extend(arguments.as_str());
        fmt::write(self, arguments)
    }
}

impl scenario_api::Write for Keeper {
    fn line(&mut self, text: &str) -> u64 {
        self.text += text;
        self.text += "\n";
        self.text.lines().count() as u64
    }
}

/// `fmt::Arguments::as_str` would give the writer a text of the image, which ends with the unload.
pub(super) fn a_writer_gets_no_format_arguments_of_a_module(kernel: &'static Kernel, _: &str) {
    let (mut bytes, mut text) = (Keeper::default(), Keeper::default());
    let length = scribe::scribble(&mut bytes, &mut text).must();
    assert_eq!(bytes.text, "what is written stays, 7");
    assert!(bytes.flushed);
    assert_eq!(
        (text.text.as_str(), text.text.len()),
        (&*bytes.text, length)
    );
    let mut lines = Keeper::default();
    assert_eq!(scribe::lines(&mut lines).must(), 2);
    assert_eq!(lines.text, "what is written\nstays\n");
    kernel.unload("scribe").must();
    assert!(!mapped("scribe"));
    for keeper in [bytes, text, lines] {
        assert!(keeper.kept.is_empty(), "{} literals", keeper.kept.len());
    }
}

fn caught(how: Panic) -> String {
    let payload = panic::catch_unwind(|| panics::panic(how)).expect_err("it panics");
    *payload.downcast::<String>().expect("the host's own String")
}

pub(super) fn a_panic_arrives_with_its_module_and_message(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    for (how, message) in [
        (Panic::Str, "a plain text"),
        (Panic::String, "formatted: String"),
        (Panic::Number, "not a text"),
        (Panic::Vicious, "not a text"),
    ] {
        let text = caught(how);
        for part in ["`panics`", "`panics::panic`", message] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(panics::panic(Panic::No), 1, "the module goes on working");
    }
    kernel.unload("panics").must();
    assert_eq!(
        state(kernel, "panics"),
        "unloaded",
        "a panic gives its hold back"
    );
}

/// The host's panic hook runs once for a module's panic, where the panic happens.
pub(super) fn the_panic_hook_runs_once_for_a_panic(_: &'static Kernel, _: &str) {
    static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());
    panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or_default().to_owned();
        HEARD.lock().expect("no panic here").push(text);
    }));
    caught(Panic::Str);
    let _ = panic::take_hook();
    let heard = HEARD.lock().expect("no panic here");
    assert_eq!(heard.len(), 1, "{heard:?}");
    for part in [
        "`panics`",
        "`panics::panic`",
        "modules/panics/src/lib.rs:",
        "a plain text",
    ] {
        assert!(heard[0].contains(part), "{heard:?}");
    }
}

pub(super) fn a_panic_ends_a_thread_of_the_host(_: &'static Kernel, _: &str) {
    let thread = std::thread::spawn(|| panics::panic(Panic::Str));
    assert!(thread.join().expect_err("it panicked").is::<String>());
}

/// Host → relay → panics: the relay catches the panic, or lets it pass to the host.
pub(super) fn a_panic_passes_through_a_module(kernel: &'static Kernel, _: &str) {
    panic::set_hook(Box::new(|_| {}));
    let caught = relay::relay_panic().must();
    assert!(
        caught.contains("`panics::panic` panicked: a plain text"),
        "{caught}"
    );
    let payload = panic::catch_unwind(relay::relay_uncaught).expect_err("it comes through");
    let text = payload.downcast::<String>().expect("a text");
    for part in [
        "`relay::relay_uncaught`",
        "`panics::panic`",
        "formatted: String",
    ] {
        assert!(text.contains(part), "{text}");
    }
    kernel.unload("relay").must();
    kernel.unload("panics").must();
}

/// A module calls a closure of the caller, which panics: the panic passes through the module
/// unchanged.
pub(super) fn a_panic_of_a_callback_passes_unchanged(kernel: &'static Kernel, _: &str) {
    #[derive(Debug, PartialEq)]
    struct Mine(u32);

    panic::set_hook(Box::new(|_| {}));
    let paths: [fn(&mut dyn FnMut()); 2] = [
        |body| assert!(counter::during(body)),
        |body| assert!(relay::relay_during(body).must()),
    ];
    for path in paths {
        let caught = panic::catch_unwind(|| path(&mut || panic::panic_any(Mine(17))));
        let payload = caught.expect_err("it panics");
        assert_eq!(*payload.downcast::<Mine>().expect("ours"), Mine(17));
        // A panic that the callback catches itself has no effect outside it.
        path(&mut || drop(panic::catch_unwind(|| panic!("inside"))));
        // A panic of another module inside the callback arrives as one of the host.
        let caught = panic::catch_unwind(|| path(&mut || assert_eq!(panics::panic(Panic::Str), 0)));
        let payload = caught.expect_err("it panics");
        let text = payload.downcast::<String>().expect("a text");
        assert!(text.contains("`panics::panic`"), "{text}");
    }
    assert_eq!(relay::relay_own_callback().must(), "the relay's own");
    assert!(!std::thread::panicking());
    for module in ["relay", "counter", "panics"] {
        kernel.unload(module).must();
    }
}

/// Ends the process with status 101, as any uncaught panic does.
/// The host's copy of std may not unwind through a module that catches panics.
pub(super) fn a_panic_of_an_observer_goes_on_in_the_calling_module(
    kernel: &'static Kernel,
    _: &str,
) {
    panic::set_hook(Box::new(|_| {}));
    let observer = kernel.observe(|event: &Event<'_>| {
        if let Event::Loaded { module, .. } = event
            && module.name() == "counter"
        {
            panic!("the observer's own");
        }
    });
    // The module catches it, as each export does.
    let caught = panic::catch_unwind(relay::relay).expect_err("it panics");
    let text = caught.downcast::<String>().expect("the host's own String");
    for part in ["`relay`", "`relay::relay`", "the observer's own"] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(state(kernel, "counter"), "loaded");
    observer.remove();
    assert_eq!(relay::relay().must(), 1);
    kernel.unload("relay").must();
    kernel.unload("counter").must();
}

pub(super) fn panic_uncaught(_: &'static Kernel, _: &str) {
    panics::panic(Panic::String);
}

/// A destructor that calls a module while the host unwinds.
pub(super) fn a_destructor_may_call_while_unwinding(_: &'static Kernel, _: &str) {
    struct Caller;
    impl Drop for Caller {
        fn drop(&mut self) {
            assert!(std::thread::panicking());
            let caught = panic::catch_unwind(|| panics::panic(Panic::Str));
            assert!(caught.expect_err("it panics").is::<String>());
        }
    }
    let outer = panic::catch_unwind(AssertUnwindSafe(|| {
        let _caller = Caller;
        panic!("the host's own");
    }));
    assert_eq!(
        *outer
            .expect_err("it panics")
            .downcast::<&str>()
            .expect("ours"),
        "the host's own"
    );
}

/// A process cannot go on when a destructor panics while another panic unwinds, with or without
/// modules.
pub(super) fn panic_while_panicking(_: &'static Kernel, _: &str) {
    struct Caller;
    impl Drop for Caller {
        fn drop(&mut self) {
            panics::panic(Panic::Str);
        }
    }
    let _caller = Caller;
    panic!("the host's own");
}

/// Panics in modules that are loaded after an earlier panic, or in the place of another module.
/// Each begins a paragraph of what the process prints.
pub(super) fn panics_of_modules_that_come_and_go(kernel: &'static Kernel, _: &str) {
    let panics = |paragraph: &str, body: fn()| {
        eprintln!("-- {paragraph}");
        panic::catch_unwind(body).expect_err("it panics");
    };
    let through_relay = || _ = relay::relay_uncaught();
    panics("the host", || panic!("the host's own"));
    panics("loaded after a backtrace", || _ = call_panic());
    panics("through a module loaded after that", through_relay);
    for module in ["relay", "panics"] {
        kernel.unload(module).must();
    }
    // Something else comes where these were.
    kernel.load("counter").must();
    panics("loaded again", || _ = call_panic());
    kernel.unload("counter").must();
    panics("through a module loaded again", through_relay);
    std::thread::Builder::new()
        .name("a name".to_owned())
        .spawn(move || panics("in a thread", || _ = call_panic()))
        .expect("a thread")
        .join()
        .expect("the panic is caught");
}

/// A module that is loaded again after each panic.
pub(super) fn panics_of_many_images(kernel: &'static Kernel, _: &str) {
    for _ in 0..20 {
        panic::catch_unwind(call_panic).expect_err("it panics");
        kernel.unload("panics").must();
    }
}

fn call_panic() -> u64 {
    panics::panic(Panic::String)
}

/// The host sets a hook that runs the one before.
pub(super) fn panics_beside_a_hook_of_the_host(_: &'static Kernel, _: &str) {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let text = info.payload_as_str().expect("a text");
        eprintln!("-- the host's hook: {text}\n-- the one before:");
        before(info);
    }));
    panic::catch_unwind(call_panic).expect_err("it panics");
    panic::catch_unwind(|| panic!("the host's own")).expect_err("it panics");
}

pub(super) fn a_hook_set_before_the_boot_stays(root: ModuleRoot) {
    static HEARD: Mutex<Vec<String>> = Mutex::new(Vec::new());
    panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or_default().to_owned();
        HEARD.lock().expect("no panic here").push(text);
    }));
    assert!(Kernel::boot(root).is_ok());
    panic::catch_unwind(call_panic).expect_err("it panics");
    panic::catch_unwind(|| panic!("the host's own")).expect_err("it panics");
    let _ = panic::take_hook();
    let heard = HEARD.lock().expect("no panic here");
    let [module, host] = &heard[..] else {
        panic!("{heard:?}");
    };
    assert!(module.contains("function `panics::panic`, at "), "{module}");
    assert_eq!(host, "the host's own");
}
