//! Events and spans of `tracing`. They go to the host's subscriber on the calling thread, in
//! order with the host's own: a module's event is in the span that its caller is in.
//! Each event and each span gets a field `module` with the module's name, unless it has a field
//! of that name.
//!
//! `tracing` identifies a callsite by the address of a static, and subscribers keep that address.
//! So the host makes its own copy of each callsite of an image, and keeps it forever. Equal
//! callsites share a copy, so loading a module again adds none.

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
