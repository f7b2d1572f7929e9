//! Events and spans of `tracing`.

use std::io::{self, Write};
use std::panic;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dlkm_rt::{Kernel, TraceEvents};
use scenario_chatty_api::chatty;
use scenario_chatty_host::{mapped, subscriber::Recorder};
use tracing::level_filters::LevelFilter;
use tracing::subscriber::{set_default, set_global_default};

fn recorder() -> Recorder {
    let recorder = Recorder::default();
    set_global_default(recorder.clone()).expect("the first one");
    recorder
}

const EARLY: &str = "INFO scenario_chatty message=debug:early module=str:\"chatty\"";

/// With a subscriber that decides once for a callsite, and with one that decides each time.
pub(super) fn the_subscribers_level_decides(_: &'static Kernel) {
    chatty::events().unwrap();
    let recorder = recorder();
    chatty::events().unwrap();
    assert_eq!(recorder.take().len(), 5);
    for (level, count) in [
        (LevelFilter::OFF, 0),
        (LevelFilter::INFO, 3),
        (LevelFilter::TRACE, 5),
        (LevelFilter::ERROR, 1),
    ] {
        recorder.set_level(level);
        chatty::events().unwrap();
        let lines = recorder.take();
        assert_eq!(lines.len(), count, "{level}: {lines:?}");
    }
    chatty::early().unwrap();
    assert!(recorder.take().is_empty());
    recorder.set_level(LevelFilter::INFO);
    chatty::early().unwrap();
    assert_eq!(recorder.take(), [EARLY], "where a constructor was before");
}

pub(super) fn fields_keep_their_types(_: &'static Kernel) {
    let recorder = recorder();
    chatty::fields().unwrap();
    let lines = recorder.take();
    let all = [
        "INFO elsewhere message=debug:13 fields",
        "signed=i64:-3",
        "unsigned=u64:3",
        "wide=i128:-170141183460469231731687303715884105728",
        "unsigned_wide=u128:340282366920938463463374607431768211455",
        "ratio=f64:0.5",
        "ready=bool:true",
        "text=str:\"me\"",
        "bytes=bytes:[1, 171]",
        "error=error:it failed < Some(\"that came first\")",
        "display=debug:it failed",
        "debug=debug:Some(\"x\")",
        "module=str:\"chatty\"",
    ];
    assert_eq!(
        lines,
        [
            all.join(" "),
            "INFO scenario_chatty message=debug:its own module=str:\"mine\"".to_owned(),
        ]
    );
}

pub(super) fn spans_nest_across_the_boundary(_: &'static Kernel) {
    let recorder = recorder();
    let host = tracing::info_span!("host").entered();
    chatty::spans().unwrap();
    drop(host);
    let module = "module=str:\"chatty\"";
    let event = |path: &str, text: &str| {
        let text = format!("{path} INFO scenario_chatty message=debug:{text} {module}");
        text.trim_start().to_owned()
    };
    assert_eq!(
        recorder.take(),
        [
            "new host".to_owned(),
            format!("new host:outer n=i64:1 {module}"),
            format!("new host:outer:inner {module}"),
            "host:outer:inner follows host:outer".to_owned(),
            "record host:outer later=str:\"now\"".to_owned(),
            event("host:outer:inner:", "in both"),
            event("host:outer:", "in the outer"),
            event("", "in none"),
            format!("new apart {module}"),
            event("apart:", "apart"),
            "close apart".to_owned(),
            format!("new host:outer:beside {module}"),
            event("host:outer:beside:", "beside"),
            "close host:outer:beside".to_owned(),
            "close host:outer:inner".to_owned(),
            event("host:outer:", "after"),
            "close host:outer".to_owned(),
            "close host".to_owned(),
        ]
    );
    assert_eq!(recorder.open(), 0);
}

/// `Span::current()` knows the module's own spans.
pub(super) fn the_current_span_is_the_modules_own(_: &'static Kernel) {
    let recorder = recorder();
    assert!(!chatty::current_span(false).unwrap());
    assert!(chatty::current_span(true).unwrap());
    let module = "module=str:\"chatty\"";
    assert_eq!(
        recorder.take(),
        [
            format!("new own {module}"),
            "record own later=i64:5".to_owned(),
            "close own".to_owned()
        ]
    );
    let host = tracing::info_span!("host", later = tracing::field::Empty).entered();
    assert!(!chatty::current_span(false).unwrap(), "the host's");
    assert!(chatty::current_span(true).unwrap());
    drop(host);
    assert_eq!(recorder.open(), 0);
    chatty::keep_span().unwrap();
    assert!(
        !chatty::current_span(false).unwrap(),
        "it is not in that span"
    );
}

#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic holds it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The format is that of `tracing-subscriber`.
pub(super) fn a_formatting_subscriber_prints_them(kernel: &'static Kernel) {
    let buffer = Buffer::default();
    let out = buffer.clone();
    tracing_subscriber::fmt()
        .with_writer(move || out.clone())
        .with_ansi(false)
        .without_time()
        .init();
    let host = tracing::info_span!("host", job = 7).entered();
    chatty::spans().unwrap();
    drop(host);
    chatty::fields().unwrap();
    chatty::events().unwrap();
    kernel.unload("chatty").unwrap();
    assert!(!mapped());
    let text = String::from_utf8(buffer.0.lock().unwrap().clone()).expect("UTF-8");
    for line in [
        " INFO host{job=7}:outer{n=1 module=\"chatty\" later=\"now\"}:inner{module=\"chatty\"}: \
         scenario_chatty: in both module=\"chatty\"",
        " INFO scenario_chatty: in none module=\"chatty\"",
        " WARN scenario_chatty: a warning module=\"chatty\"",
    ] {
        assert!(text.lines().any(|one| one == line), "{text}");
    }
    assert!(text.contains("error=it failed error.sources=[that came first]"));
    assert_eq!(text.lines().count(), 6 + 2 + 3, "{text}");
}

/// Events of the kernel are in the span of the thread that caused them.
pub(super) fn kernel_events_are_in_the_callers_span(kernel: &'static Kernel) {
    let recorder = recorder();
    kernel.observe(TraceEvents);
    let span = tracing::info_span!("caller").entered();
    chatty::early().unwrap();
    kernel.unload("chatty").unwrap();
    drop(span);
    assert!(kernel.load("absent").is_err());
    let lines = recorder.take();
    let [_, loaded, early, unloaded, _, failed] = &lines[..] else {
        panic!("{lines:#?}")
    };
    let start = "caller: INFO dlkm message=debug:loaded module=str:\"chatty\" \
                 version=str:\"0.1.0\" file=debug:/";
    assert!(loaded.starts_with(start), "{loaded}");
    assert!(
        loaded.contains("/chatty.so asked_by=str:\"chatty::early\" took=debug:"),
        "{loaded}"
    );
    assert_eq!(*early, format!("caller: {EARLY}"));
    let start = "caller: INFO dlkm message=debug:unloaded module=str:\"chatty\" left=i64:";
    assert!(unloaded.starts_with(start), "{unloaded}");
    let start = "WARN dlkm message=debug:not loaded module=str:\"absent\" error=error:";
    assert!(failed.starts_with(start), "{failed}");
    assert!(failed.contains("absent.so"), "{failed}");
    // A level that filters them.
    recorder.set_level(LevelFilter::WARN);
    kernel.load("chatty").unwrap();
    assert!(kernel.load("absent").is_err());
    assert_eq!(recorder.take().len(), 1);
}

pub(super) fn a_formatting_subscriber_prints_kernel_events(kernel: &'static Kernel) {
    let buffer = Buffer::default();
    let out = buffer.clone();
    tracing_subscriber::fmt()
        .with_writer(move || out.clone())
        .with_ansi(false)
        .without_time()
        .init();
    kernel.observe(TraceEvents);
    kernel.load("chatty").unwrap();
    kernel.unload("chatty").unwrap();
    let text = String::from_utf8(buffer.0.lock().unwrap().clone()).expect("UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    let [loaded, unloaded] = lines[..] else {
        panic!("{text}")
    };
    let start = " INFO dlkm: loaded module=\"chatty\" version=\"0.1.0\" file=/";
    assert!(loaded.starts_with(start), "{text}");
    assert!(
        loaded.contains(" asked_by=\"a load by name\" took="),
        "{text}"
    );
    let start = " INFO dlkm: unloaded module=\"chatty\" left=";
    assert!(unloaded.starts_with(start), "{text}");
}

/// A span is closed at the subscriber that opened it, by that subscriber's number for it.
pub(super) fn a_span_closes_where_it_was_opened(_: &'static Kernel) {
    let global = recorder();
    let own = Recorder::default();
    {
        let _own = set_default(own.clone());
        chatty::keep_span().unwrap();
    }
    assert_eq!((own.open(), global.open()), (1, 0));
    let span = tracing::info_span!("the global's first").entered();
    chatty::drop_span().unwrap();
    assert_eq!((own.open(), global.open()), (0, 1));
    drop(span);
    let lines = own.take();
    assert_eq!(lines.last().map(String::as_str), Some("close kept"));
    chatty::keep_span().unwrap();
    assert_eq!(global.open(), 1);
    std::thread::spawn(|| chatty::drop_span().unwrap())
        .join()
        .unwrap();
    assert_eq!(global.open(), 0);
}

pub(super) fn a_panic_of_the_subscriber_is_contained(_: &'static Kernel) {
    let recorder = recorder();
    recorder.set_panics(true);
    chatty::events().unwrap();
    chatty::spans().unwrap();
    chatty::keep_span().unwrap();
    recorder.set_panics(false);
    chatty::drop_span().unwrap();
    recorder.take();
    chatty::events().unwrap();
    assert_eq!(recorder.take().len(), 5);
    chatty::keep_span().unwrap();
    recorder.set_panics(true);
    chatty::drop_span().unwrap();
}

pub(super) fn a_panic_of_a_field_is_the_modules(_: &'static Kernel) {
    let recorder = recorder();
    let payload = panic::catch_unwind(|| chatty::burst(false)).expect_err("a panic");
    let text = payload.downcast::<String>().expect("a text");
    assert!(text.contains("`chatty::burst` panicked"), "{text}");
    chatty::events().unwrap();
    assert_eq!(recorder.take().len(), 5);
}

pub(super) fn events_arrive_after_each_reload(kernel: &'static Kernel) {
    let recorder = recorder();
    let mut callsites = None;
    for round in 0..20 {
        chatty::early().unwrap();
        chatty::spans().unwrap();
        chatty::keep_span().unwrap();
        chatty::drop_span().unwrap();
        std::thread::spawn(|| chatty::fields().unwrap())
            .join()
            .unwrap();
        kernel.unload("chatty").unwrap();
        assert!(!mapped(), "round {round}");
        // The host's copy of `tracing` still uses what it keeps of the module.
        tracing::callsite::rebuild_interest_cache();
        tracing::info!("of the host");
        let lines = recorder.take();
        assert_eq!(lines[0], EARLY);
        assert_eq!(lines.len(), 23, "{lines:?}");
        let before = recorder.callsites().len();
        tracing::callsite::rebuild_interest_cache();
        let all = recorder.callsites().len() - before;
        assert_eq!(*callsites.get_or_insert(all), all, "round {round}");
    }
}

struct StoreOnDrop<'a>(&'a AtomicBool);

impl Drop for StoreOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

/// `tracing` gives a subscriber texts for as long as the process runs.
pub(super) fn what_a_subscriber_keeps_outlives_the_module(kernel: &'static Kernel) {
    let recorder = recorder();
    chatty::spans().unwrap();
    chatty::fields().unwrap();
    kernel.unload("chatty").unwrap();
    assert!(!mapped());
    let kept = recorder.callsites();
    let of_module = kept
        .iter()
        .filter(|one| one.module_path() == Some("scenario_chatty"));
    let texts: Vec<String> = of_module
        .map(|one| {
            assert!(one.file().expect("known").ends_with("driver/src/lib.rs"));
            let fields = one.fields().iter().map(|field| field.name());
            let fields: Vec<&'static str> = fields.collect();
            format!("{} {} {}", one.target(), one.name(), fields.join(","))
        })
        .collect();
    for text in [
        "scenario_chatty outer n,later,module",
        "scenario_chatty inner module",
    ] {
        assert!(texts.iter().any(|one| one == text), "{texts:?}");
    }
    assert!(
        texts.iter().any(|one| one.starts_with("elsewhere event ")),
        "{texts:?}"
    );
}

/// Spans are opened and closed while another thread unloads the module again and again.
pub(super) fn spans_close_while_others_unload(kernel: &'static Kernel) {
    let recorder = recorder();
    let (enough, rounds) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                // If a call panics, all end.
                let _end = StoreOnDrop(&enough);
                while !enough.load(Relaxed) {
                    chatty::spans().unwrap();
                    chatty::current_span(true).unwrap();
                    rounds.fetch_add(1, Relaxed);
                    // Leaves moments without a call.
                    std::thread::sleep(Duration::from_micros(300));
                }
            });
        }
        let _end = StoreOnDrop(&enough);
        let mut unloads = 0;
        while unloads < 50 {
            assert!(!enough.load(Relaxed), "a call failed");
            unloads += usize::from(kernel.unload("chatty").is_ok());
            std::thread::yield_now();
        }
    });
    assert_eq!(recorder.open(), 0);
    assert_eq!(recorder.take().len(), rounds.into_inner() * (16 + 3));
}

/// A module's own subscriber for a thread has thread-local data with a destructor, which keeps the
/// image mapped. A default subscriber that forwards does not.
pub(super) fn events_arrive_from_a_copy_of_the_image(kernel: &'static Kernel) {
    let recorder = recorder();
    for _ in 0..2 {
        chatty::whisper().unwrap();
        assert_eq!(
            recorder.take(),
            ["INFO scenario_chatty message=debug:aloud module=str:\"chatty\""]
        );
        kernel.unload("chatty").unwrap();
        assert!(mapped(), "or the scenario shows nothing");
    }
    chatty::spans().unwrap();
    assert_eq!(recorder.open(), 0);
    recorder.take();
    recorder.not_elsewhere();
    chatty::fields().unwrap();
    assert_eq!(recorder.take().len(), 1);
    kernel.unload("chatty").unwrap();
    chatty::fields().unwrap();
    assert_eq!(recorder.take().len(), 1, "filtered from the first on");
}

/// A load leaves in the heap a name, and what `tracing` keeps of a default subscriber.
pub(super) fn a_load_leaves_little_in_the_heap(kernel: &'static Kernel) {
    let recorder = recorder();
    let run = |rounds| {
        for _ in 0..rounds {
            chatty::spans().unwrap();
            chatty::fields().unwrap();
            chatty::events().unwrap();
            kernel.unload("chatty").unwrap();
            drop(recorder.take());
        }
        crate::IN_USE.load(Relaxed)
    };
    let before = run(20);
    let after = run(100);
    let each = after.saturating_sub(before) / 100;
    assert!(each < 512, "{each} bytes a load");
}
