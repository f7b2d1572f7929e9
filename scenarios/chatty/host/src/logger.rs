//! A logger that records.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use log::kv::{Error, Key, Value, VisitSource};
use log::{LevelFilter, Log, Metadata, Record};

/// The host's logger.
#[derive(Debug, Default)]
pub struct Logger {
    records: Mutex<Vec<Seen>>,
    /// Panics at each record.
    pub panics: AtomicBool,
    /// Refuses records of the target `elsewhere`.
    pub not_elsewhere: AtomicBool,
    /// How often it was flushed.
    pub flushed: AtomicUsize,
}

/// A record as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Level, target and message.
    pub text: String,
    /// Module path, file and line.
    pub place: (String, String, u32),
    /// `key=value`, separated by blanks.
    pub pairs: String,
}

static LOGGER: Logger = Logger {
    records: Mutex::new(Vec::new()),
    panics: AtomicBool::new(false),
    not_elsewhere: AtomicBool::new(false),
    flushed: AtomicUsize::new(0),
};

/// Sets the host's logger.
pub fn set(level: LevelFilter) -> &'static Logger {
    log::set_logger(&LOGGER).expect("the first one");
    log::set_max_level(level);
    &LOGGER
}

impl Logger {
    /// The records since the last call.
    pub fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut self.records.lock().expect("no panic holds it"))
    }

    /// The texts of the records since the last call.
    pub fn texts(&self) -> Vec<String> {
        self.take().into_iter().map(|seen| seen.text).collect()
    }
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() != "elsewhere" || !self.not_elsewhere.load(Ordering::Relaxed)
    }

    fn log(&self, record: &Record<'_>) {
        assert!(!self.panics.load(Ordering::Relaxed), "the logger panics");
        assert!(self.enabled(record.metadata()), "it was asked before");
        let mut pairs = Pairs(Vec::new());
        record.key_values().visit(&mut pairs).expect("no error");
        if pairs.0.iter().any(|pair| pair == "module=chatty") {
            // A logger may keep `'static` text, which the module's is not.
            assert_eq!(record.args().as_str(), None);
            assert_eq!(record.file_static(), None);
            assert_eq!(record.module_path_static(), None);
        }
        self.records.lock().expect("no panic holds it").push(Seen {
            text: format!("{} {} {}", record.level(), record.target(), record.args()),
            place: (
                record.module_path().unwrap_or_default().to_owned(),
                record.file().unwrap_or_default().to_owned(),
                record.line().unwrap_or_default(),
            ),
            pairs: pairs.0.join(" "),
        });
    }

    fn flush(&self) {
        self.flushed.fetch_add(1, Ordering::Relaxed);
    }
}

struct Pairs(Vec<String>);

impl<'kvs> VisitSource<'kvs> for Pairs {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        self.0.push(format!("{key}={value}"));
        Ok(())
    }
}
