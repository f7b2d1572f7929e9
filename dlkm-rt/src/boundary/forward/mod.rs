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

#[cfg(feature = "log")]
mod log;
#[cfg(any(feature = "log", feature = "tracing"))]
mod shield;
#[cfg(feature = "tracing")]
mod tracing;

use crate::services::records::Sinks;

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
