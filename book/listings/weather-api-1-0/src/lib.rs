//! The interface `weather`, version 1.0.0.

use dlkm_rt::{Interface, LoadError, module};

/// What a station has measured.
#[derive(Clone, Debug, Interface)]
pub struct Reading {
    /// The temperature.
    pub celsius: f32,
    /// When, in seconds since 1970.
    pub at: u64,
}

/// Weather stations.
#[module(name = "weather")]
pub trait Weather {
    /// The last reading of a station.
    ///
    /// # Errors
    /// The module can't be loaded.
    #[ustub]
    fn last(station: u32) -> Result<Reading, LoadError>;
}
