//! The interface of a module that logs and traces.

use dlkm_rt::{LoadError, module};

/// Logs, and emits spans and events.
#[module(name = "chatty")]
pub trait Chatty {
    /// Logs at each level, the most important first. Returns the line of the first.
    #[ustub]
    fn levels() -> Result<u32, LoadError>;

    /// Logs for the target `elsewhere`, with key-values.
    #[ustub]
    fn pairs() -> Result<(), LoadError>;

    /// Logs or emits a value that panics when it is formatted.
    #[ustub]
    fn burst(log: bool) -> Result<(), LoadError>;

    /// Logs and emits an event, from callsites that a constructor has used before.
    #[ustub]
    fn early() -> Result<(), LoadError>;

    /// Flushes its logger.
    #[ustub]
    fn flush() -> Result<(), LoadError>;

    /// Emits an event at each level, the most important first.
    #[ustub]
    fn events() -> Result<(), LoadError>;

    /// Emits an event with a field of each type.
    #[ustub]
    fn fields() -> Result<(), LoadError>;

    /// Emits an event in a span in a span, and events and spans with other parents.
    #[ustub]
    fn spans() -> Result<(), LoadError>;

    /// Records a field of the current span, which is its `own` or its caller's. Returns whether
    /// there is a current span.
    #[ustub]
    fn current_span(own: bool) -> Result<bool, LoadError>;

    /// Opens a span and keeps it, and a copy of it.
    #[ustub]
    fn keep_span() -> Result<(), LoadError>;

    /// Emits an event in the span that it kept, and drops the span.
    #[ustub]
    fn drop_span() -> Result<(), LoadError>;

    /// Uses a subscriber of its own, on this thread, for a while.
    #[ustub]
    fn whisper() -> Result<(), LoadError>;

    /// Whether its copies of `log` and of `tracing` have somewhere to send records.
    #[ustub]
    fn connected() -> Result<(bool, bool), LoadError>;
}
