//! Records of `log`.

use std::panic;
use std::sync::atomic::Ordering::Relaxed;

use dlkm_rt::Kernel;
use log::LevelFilter;
use scenario_chatty_api::chatty;
use scenario_chatty_host::{logger, mapped};

pub(super) fn a_record_keeps_level_target_and_place(_: &'static Kernel) {
    let logger = logger::set(LevelFilter::Error);
    let line = chatty::levels().unwrap();
    let records = logger.take();
    assert_eq!(records.len(), 1, "{records:?}");
    assert_eq!(records[0].text, "ERROR scenario_chatty chatty: an error");
    assert_eq!(records[0].pairs, "module=chatty");
    let (path, file, at) = &records[0].place;
    assert_eq!((path.as_str(), *at), ("scenario_chatty", line));
    assert!(file.ends_with("driver/src/lib.rs"), "{file}");
    assert_eq!(logger.flushed.load(Relaxed), 0);
    chatty::flush().unwrap();
    assert_eq!(logger.flushed.load(Relaxed), 1);
}

pub(super) fn the_hosts_level_decides(_: &'static Kernel) {
    let logger = logger::set(LevelFilter::Off);
    for (level, count) in [
        (LevelFilter::Off, 0),
        (LevelFilter::Info, 3),
        (LevelFilter::Trace, 5),
        (LevelFilter::Off, 0),
        (LevelFilter::Warn, 2),
    ] {
        log::set_max_level(level);
        chatty::levels().unwrap();
        let texts = logger.texts();
        assert_eq!(texts.len(), count, "{level}: {texts:?}");
    }
}

pub(super) fn pairs_keep_their_types(_: &'static Kernel) {
    let logger = logger::set(LevelFilter::Info);
    chatty::pairs().unwrap();
    let records = logger.take();
    assert_eq!(records[0].text, "INFO elsewhere chatty: pairs");
    assert_eq!(
        records[0].pairs,
        "module=chatty size=-3 ratio=0.5 ready=true who=me letter=x shown=Some(1)"
    );
    logger.not_elsewhere.store(true, Relaxed);
    chatty::pairs().unwrap();
    assert!(logger.take().is_empty(), "the host does not want it");
}

/// A record of a constructor is lost, and has no other effect.
pub(super) fn a_logger_set_late_gets_later_records(_: &'static Kernel) {
    chatty::early().unwrap();
    let logger = logger::set(LevelFilter::Info);
    chatty::early().unwrap();
    assert_eq!(logger.texts(), ["INFO scenario_chatty chatty: early"]);
}

pub(super) fn a_panic_of_the_logger_is_contained(_: &'static Kernel) {
    let logger = logger::set(LevelFilter::Info);
    logger.panics.store(true, Relaxed);
    chatty::levels().unwrap();
    logger.panics.store(false, Relaxed);
    assert!(logger.take().is_empty());
    chatty::levels().unwrap();
    assert_eq!(logger.take().len(), 3);
}

/// A message that panics is a panic of the module, as without a logger in between.
pub(super) fn a_panic_of_a_message_is_the_modules(_: &'static Kernel) {
    let logger = logger::set(LevelFilter::Info);
    let payload = panic::catch_unwind(|| chatty::burst(true)).expect_err("a panic");
    let text = payload.downcast::<String>().expect("a text");
    assert!(text.contains("`chatty::burst` panicked"), "{text}");
    assert!(logger.take().is_empty());
    log::set_max_level(LevelFilter::Off);
    chatty::burst(true).expect("a disabled record is not formatted");
}

pub(super) fn records_arrive_after_each_reload(kernel: &'static Kernel) {
    let logger = logger::set(LevelFilter::Error);
    for round in 0..20 {
        chatty::levels().unwrap();
        // Also from a thread that outlives the module's image.
        let (from_thread, seen) = std::sync::mpsc::channel();
        let (done, wait) = std::sync::mpsc::channel::<()>();
        let thread = std::thread::spawn(move || {
            chatty::levels().unwrap();
            from_thread.send(()).unwrap();
            let _ = wait.recv();
        });
        seen.recv().unwrap();
        kernel.unload("chatty").unwrap();
        assert!(!mapped(), "round {round}");
        log::error!("of the host");
        assert_eq!(
            logger.texts(),
            [
                "ERROR scenario_chatty chatty: an error",
                "ERROR scenario_chatty chatty: an error",
                "ERROR chatty::logs of the host",
            ]
        );
        done.send(()).unwrap();
        thread.join().unwrap();
    }
}

pub(super) fn records_arrive_from_a_copy_of_the_image(kernel: &'static Kernel) {
    let logger = logger::set(LevelFilter::Error);
    chatty::whisper().unwrap();
    kernel.unload("chatty").unwrap();
    assert!(mapped(), "or the scenario shows nothing");
    chatty::levels().unwrap();
    assert_eq!(logger.texts(), ["ERROR scenario_chatty chatty: an error"]);
    kernel.unload("chatty").unwrap();
}
