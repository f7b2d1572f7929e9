//! The interface of a module that talks.

use dlkm_rt::{LoadError, module};

/// Logs, and tells spans and events.
#[module(name = "chatty")]
pub trait Chatty {
    /// Logs at each level, the most important first; returns that one's line.
    #[ustub]
    fn levels() -> Result<u32, LoadError>;

    /// Logs for the target `elsewhere`, with key-values.
    #[ustub]
    fn pairs() -> Result<(), LoadError>;

    /// Logs and tells what can't be formatted: it panics.
    #[ustub]
    fn burst(log: bool) -> Result<(), LoadError>;

    /// Logs and tells an event, from the places where a constructor has done so before.
    #[ustub]
    fn early() -> Result<(), LoadError>;

    /// Flushes its logger.
    #[ustub]
    fn flush() -> Result<(), LoadError>;

    /// Tells an event at each level, the most important first.
    #[ustub]
    fn events() -> Result<(), LoadError>;

    /// Tells an event with a field of each type.
    #[ustub]
    fn fields() -> Result<(), LoadError>;

    /// Tells an event in a span in a span, and events and spans with other parents.
    #[ustub]
    fn spans() -> Result<(), LoadError>;

    /// Asks for the span it is in, one of its `own` or its caller's, and records a field of it;
    /// returns whether there is one.
    #[ustub]
    fn current_span(own: bool) -> Result<bool, LoadError>;

    /// Opens a span and keeps it, and a copy of it.
    #[ustub]
    fn keep_span() -> Result<(), LoadError>;

    /// Drops the span that it kept, after telling an event in it.
    #[ustub]
    fn drop_span() -> Result<(), LoadError>;

    /// Uses a subscriber of its own, on this thread, for a while.
    #[ustub]
    fn whisper() -> Result<(), LoadError>;

    /// Whether its copies of `log` and of `tracing` have somewhere to send records.
    #[ustub]
    fn connected() -> Result<(bool, bool), LoadError>;
}
