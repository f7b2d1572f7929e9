//! Records of `log` and `tracing`, from an image to the host. An image has its own copy of
//! these crates, with a logger and a subscriber that are not set: records of a module would be
//! lost. So with the features `log` and `tracing`, an attached image sets a logger, or a
//! subscriber, that passes each record to the host's copy.
//!
//! Only the plain data of `services/records.rs` crosses, never a type of `log` or `tracing`: host
//! and image may have been built with different versions of these. The data does not depend on
//! the features, because one side may have them and the other not. If the host lacks a feature,
//! `Sinks` says so, and the image sets nothing.
//!
//! Nothing of the image outlives a call. Texts are formatted in the image, so none of its code
//! runs in the host's logger, and the host copies what it must keep of a callsite.

#[cfg(feature = "log")]
mod log;
#[cfg(any(feature = "log", feature = "tracing"))]
mod shield;
#[cfg(feature = "tracing")]
mod tracing;

use crate::services::records::Sinks;

/// The sinks of this copy of the runtime.
pub const SINKS: Sinks = Sinks {
    #[cfg(feature = "log")]
    log: Some(log::SINK),
    #[cfg(not(feature = "log"))]
    log: None,
    #[cfg(feature = "tracing")]
    trace: Some(tracing::SINK),
    #[cfg(not(feature = "tracing"))]
    trace: None,
};

/// In an image that was attached to a host with `sinks`: forwards the image's records there.
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

/// In an image that is detached: frees the contents of its statics, which nothing else would free.
pub(crate) fn detach() {
    #[cfg(feature = "tracing")]
    tracing::detach();
}
