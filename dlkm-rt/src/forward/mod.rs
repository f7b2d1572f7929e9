//! Records of `log` and `tracing`, from an image to the host. An image has its own copy of
//! these crates, with statics that nobody set: what a module logs would go nowhere. So with
//! the features `log` and `tracing` an image that is attached sets a logger, or a subscriber,
//! that hands each record to the host's copy.
//!
//! What crosses is plain data of this module, never a type of `log` or `tracing`: host and
//! image may have been built with different versions of these. It is the same whatever the
//! features are, since one side may have them and the other not; then `Sinks` says so, and
//! the image sets nothing.
//!
//! Nothing of the image outlives a call. Texts are formatted in the image, so no code of it
//! runs inside of the host's logger, and what the host must keep of a callsite it copies.

#![cfg_attr(
    not(all(feature = "log", feature = "tracing")),
    allow(
        dead_code,
        reason = "what crosses does not depend on features, its users do"
    )
)]

#[cfg(feature = "log")]
mod log;
#[cfg(feature = "tracing")]
mod tracing;

use std::error::Error;
use std::fmt;
#[cfg(any(feature = "log", feature = "tracing"))]
use std::panic::{self, AssertUnwindSafe};

#[cfg(any(feature = "log", feature = "tracing"))]
use crate::panic::drop_quietly;

/// What the host takes of an image's records; `None` where it was built without the feature.
#[derive(Debug)]
pub(crate) struct Sinks {
    pub(crate) log: Option<LogSink>,
    pub(crate) trace: Option<TraceSink>,
}

/// This copy's.
pub(crate) const SINKS: Sinks = Sinks {
    #[cfg(feature = "log")]
    log: Some(log::SINK),
    #[cfg(not(feature = "log"))]
    log: None,
    #[cfg(feature = "tracing")]
    trace: Some(tracing::SINK),
    #[cfg(not(feature = "tracing"))]
    trace: None,
};

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
    fn new(error: &(dyn Error + 'static)) -> Self {
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

/// In an image that was attached to a host with `sinks`: sends its records there.
pub(crate) fn attach(sinks: &Sinks) {
    #[cfg(feature = "log")]
    if sinks.log.is_some() {
        log::attach();
    }
    #[cfg(feature = "tracing")]
    if sinks.trace.is_some() {
        tracing::attach();
    }
    let _ = sinks;
}

/// In an image that is detached: frees what its statics hold, since nobody would.
pub(crate) fn detach() {
    #[cfg(feature = "tracing")]
    tracing::detach();
}

/// Runs the host's logger or subscriber for an image. A panic in it ends here: in its own
/// image it would be one of the code that logs, but here that code is another copy's, and
/// it would end the process where no frame between can catch it. The panic hook has told.
#[cfg(any(feature = "log", feature = "tracing"))]
fn shielded<R>(otherwise: R, body: impl FnOnce() -> R) -> R {
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(result) => result,
        Err(payload) => {
            drop_quietly(payload);
            otherwise
        }
    }
}
