//! A clock that ticks by itself.

use dlkm_rt::{LoadError, module};

/// Counts ticks, in threads of its own.
#[module(name = "ticker")]
pub trait Ticker {
    /// Starts counting.
    #[ustub]
    fn start() -> Result<(), LoadError>;

    /// Counts one tick.
    #[ustub]
    fn tick() -> Result<(), LoadError>;

    /// Stops counting. Returns the number of ticks.
    #[ustub]
    fn stop() -> Result<u64, LoadError>;

    /// Calls `body` after a tick.
    #[ustub]
    fn after_tick(body: &mut dyn FnMut()) -> Result<(), LoadError>;

    /// Starts a thread that never ends.
    #[ustub]
    fn forget() -> Result<(), LoadError>;
}
