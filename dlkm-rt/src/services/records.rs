//! The form in which records of `log` and `tracing` cross: see [`crate::boundary::forward`].

#![cfg_attr(
    not(all(feature = "log", feature = "tracing")),
    allow(
        dead_code,
        reason = "what crosses does not depend on features, its users do"
    )
)]

use crate::error::ErrorText;

/// Where the host receives an image's records; `None` if it was built without the feature.
#[derive(Debug)]
pub(crate) struct Sinks {
    pub(crate) log: Option<LogSink>,
    pub(crate) trace: Option<TraceSink>,
}

/// The host's logger.
#[derive(Debug)]
pub(crate) struct LogSink {
    pub(crate) enabled: fn(Level, target: &str) -> bool,
    pub(crate) log: fn(&LogRecord<'_>),
    pub(crate) flush: fn(),
}

/// The host's subscriber. A span is identified by a number that the host assigns.
#[derive(Debug)]
pub(crate) struct TraceSink {
    /// Whether a subscriber may want this level: cheap, and checked first.
    pub(crate) level: fn(Level) -> bool,
    /// The host's copy of a callsite, the same one for the same text.
    pub(crate) callsite: fn(CallsiteText) -> &'static dyn HostCallsite,
    pub(crate) record: fn(span: u64, &[(usize, Value)]),
    pub(crate) follows_from: fn(span: u64, follows: u64),
    pub(crate) enter: fn(span: u64),
    pub(crate) exit: fn(span: u64),
    /// The span that the thread is in, if it belongs to an image.
    pub(crate) current: fn() -> Option<(u64, &'static dyn HostCallsite)>,
    pub(crate) clone_span: fn(span: u64) -> u64,
    pub(crate) close: fn(span: u64) -> bool,
}

/// The host's copy of an image's callsite. Values carry the index of their field.
pub(crate) trait HostCallsite: Sync {
    fn enabled(&'static self) -> bool;
    fn event(&'static self, parent: Parent, values: &[(usize, Value)]);
    fn new_span(&'static self, parent: Parent, values: &[(usize, Value)]) -> u64;
}

/// How important a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// One record of `log`.
#[derive(Debug)]
pub(crate) struct LogRecord<'a> {
    pub(crate) module: &'a str,
    pub(crate) level: Level,
    pub(crate) target: &'a str,
    pub(crate) message: &'a str,
    pub(crate) module_path: Option<&'a str>,
    pub(crate) file: Option<&'a str>,
    pub(crate) line: Option<u32>,
    pub(crate) values: &'a [(String, Value)],
}

/// Everything that `tracing` knows about a callsite, and the module it belongs to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct CallsiteText {
    pub(crate) module: String,
    pub(crate) name: String,
    pub(crate) target: String,
    pub(crate) level: Level,
    pub(crate) module_path: Option<String>,
    pub(crate) file: Option<String>,
    pub(crate) line: Option<u32>,
    pub(crate) fields: Vec<String>,
    pub(crate) is_span: bool,
    pub(crate) is_event: bool,
}

/// The parent of an event or of a new span.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parent {
    /// The span that the thread is in.
    Current,
    /// No span.
    Root,
    /// The span with this number.
    Span(u64),
}

/// The value of a field.
#[derive(Debug)]
pub(crate) enum Value {
    I64(i64),
    U64(u64),
    I128(i128),
    U128(u128),
    F64(f64),
    Bool(bool),
    Str(String),
    Bytes(Vec<u8>),
    Error(ErrorText),
    /// A value of another type, formatted with `Debug`.
    Shown(String),
}
