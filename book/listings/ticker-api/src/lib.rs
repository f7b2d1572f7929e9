//! A clock that ticks by itself.

use dlkm_rt::{LoadError, module};

/// Counts ticks, in threads of its own.
#[module(name = "ticker")]
pub trait Ticker {
    /// Starts to count.
    #[ustub]
    fn start() -> Result<(), LoadError>;

    /// Counts one.
    #[ustub]
    fn tick() -> Result<(), LoadError>;

    /// Ends what `start` began; how many ticks there were.
    #[ustub]
    fn stop() -> Result<u64, LoadError>;

    /// Calls `body` after a tick.
    #[ustub]
    fn after_tick(body: &mut dyn FnMut()) -> Result<(), LoadError>;

    /// Starts a thread that nobody ends.
    #[ustub]
    fn forget() -> Result<(), LoadError>;
}
