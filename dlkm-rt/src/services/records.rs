//! What crosses of records of `log` and `tracing`: see [`crate::boundary::forward`].

#![cfg_attr(
    not(all(feature = "log", feature = "tracing")),
    allow(
        dead_code,
        reason = "what crosses does not depend on features, its users do"
    )
)]

use std::error::Error;
use std::fmt;

/// What the host takes of an image's records; `None` where it was built without the feature.
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

/// The host's subscriber. A span is known by a number that the host gives it.
#[derive(Debug)]
pub(crate) struct TraceSink {
    /// Whether anybody may want this level: cheap, and asked first.
    pub(crate) level: fn(Level) -> bool,
    /// The host's copy of a callsite, the same one for the same text.
    pub(crate) callsite: fn(CallsiteText) -> &'static dyn HostCallsite,
    pub(crate) record: fn(span: u64, &[(usize, Value)]),
    pub(crate) follows_from: fn(span: u64, follows: u64),
    pub(crate) enter: fn(span: u64),
    pub(crate) exit: fn(span: u64),
    /// The span that the thread is in, if it is one of images.
    pub(crate) current: fn() -> Option<(u64, &'static dyn HostCallsite)>,
    pub(crate) clone_span: fn(span: u64) -> u64,
    pub(crate) close: fn(span: u64) -> bool,
}

/// The host's copy of an image's callsite. Values go by the index of their field.
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

/// All that `tracing` knows of a place in the source, and whose it is.
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

/// What an event or a new span belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Parent {
    /// The span that the thread is in.
    Current,
    /// None.
    Root,
    /// This one.
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
    /// Of another type, as it shows itself.
    Shown(String),
}

/// An error's texts. The error itself must not cross: a `dyn Error` can be asked for its
/// type, and equal types of two images need not have one layout.
pub(crate) struct ErrorText {
    display: String,
    debug: String,
    source: Option<Box<ErrorText>>,
}

impl ErrorText {
    #[cfg(feature = "tracing")]
    pub(crate) fn new(error: &(dyn Error + 'static)) -> Self {
        ErrorText {
            display: error.to_string(),
            debug: format!("{error:?}"),
            source: error.source().map(|source| Box::new(Self::new(source))),
        }
    }
}

impl fmt::Display for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.display)
    }
}

impl fmt::Debug for ErrorText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.debug)
    }
}

impl Error for ErrorText {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
