//! Events and spans of `tracing`. They reach the subscriber that is the host's on the calling
//! thread, between the host's own: a module's event is in the span that its caller is in.
//! Each event and each span has a field `module` with the module's name, unless its author
//! gave it one of that name.
//!
//! `tracing` identifies a place in the source by the address of a static, and subscribers
//! keep that. So the host makes a callsite of its own for each of the images', and keeps it
//! for good. There are as many of these as there are different ones in the modules,
//! however often these are loaded.

mod host;
mod image;

pub(super) use host::SINK;
pub(super) use image::{attach, detach};

use crate::services::records::Level;

impl From<tracing_core::Level> for Level {
    fn from(level: tracing_core::Level) -> Self {
        match level {
            tracing_core::Level::ERROR => Level::Error,
            tracing_core::Level::WARN => Level::Warn,
            tracing_core::Level::INFO => Level::Info,
            tracing_core::Level::DEBUG => Level::Debug,
            tracing_core::Level::TRACE => Level::Trace,
        }
    }
}

impl From<Level> for tracing_core::Level {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => tracing_core::Level::ERROR,
            Level::Warn => tracing_core::Level::WARN,
            Level::Info => tracing_core::Level::INFO,
            Level::Debug => tracing_core::Level::DEBUG,
            Level::Trace => tracing_core::Level::TRACE,
        }
    }
}
