//! What crosses between the host and an image: calls, panics, values, futures, memory, threads
//! and records.

pub(crate) mod allocator;
pub(crate) mod contain;
pub(crate) mod driver;
pub(crate) mod export;
pub(crate) mod forward;
pub(crate) mod future;
pub(crate) mod heap_count;
pub(crate) mod held;
mod io_error;
pub(crate) mod leave;
pub(crate) mod panic_hook;
pub(crate) mod shield;
pub(crate) mod state;
pub mod thread;
pub(crate) mod thread_count;
pub(crate) mod waker;
