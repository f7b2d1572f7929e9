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
pub struct Sinks {
    pub log: Option<LogSink>,
    pub trace: Option<TraceSink>,
}

/// The host's logger.
#[derive(Debug)]
pub struct LogSink {
    pub enabled: fn(Level, target: &str) -> bool,
    pub log: fn(&LogRecord<'_>),
    pub flush: fn(),
}

/// The host's subscriber. A span is identified by a number that the host assigns.
#[derive(Debug)]
pub struct TraceSink {
    /// Whether a subscriber may want this level: cheap, and checked first.
    pub level: fn(Level) -> bool,
    /// The host's copy of a callsite, the same one for the same text.
    pub callsite: fn(CallsiteText) -> &'static dyn HostCallsite,
    pub record: fn(span: u64, &[(usize, Value)]),
    pub follows_from: fn(span: u64, follows: u64),
    pub enter: fn(span: u64),
    pub exit: fn(span: u64),
    /// The span that the thread is in, if it belongs to an image.
    pub current: fn() -> Option<(u64, &'static dyn HostCallsite)>,
    pub clone_span: fn(span: u64) -> u64,
    pub close: fn(span: u64) -> bool,
}

/// The host's copy of an image's callsite. Values carry the index of their field.
pub trait HostCallsite: Sync {
    fn enabled(&'static self) -> bool;
    fn event(&'static self, parent: Parent, values: &[(usize, Value)]);
    fn new_span(&'static self, parent: Parent, values: &[(usize, Value)]) -> u64;
}

/// How important a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// One record of `log`.
#[derive(Debug)]
pub struct LogRecord<'a> {
    pub module: &'a str,
    pub level: Level,
    pub target: &'a str,
    pub message: &'a str,
    pub module_path: Option<&'a str>,
    pub file: Option<&'a str>,
    pub line: Option<u32>,
    pub values: &'a [(String, Value)],
}

/// Everything that `tracing` knows about a callsite, and the module it belongs to.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CallsiteText {
    pub module: String,
    pub name: String,
    pub target: String,
    pub level: Level,
    pub module_path: Option<String>,
    pub file: Option<String>,
    pub line: Option<u32>,
    pub fields: Vec<String>,
    pub is_span: bool,
    pub is_event: bool,
}

/// The parent of an event or of a new span.
#[derive(Clone, Copy, Debug)]
pub enum Parent {
    /// The span that the thread is in.
    Current,
    /// No span.
    Root,
    /// The span with this number.
    Span(u64),
}

/// The value of a field.
#[derive(Debug)]
pub enum Value {
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
