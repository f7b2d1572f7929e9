//! What crosses between the host and an image: calls, panics, values, futures, memory, threads
//! and records.

pub mod allocator;
pub mod contain;
pub mod driver;
pub mod export;
pub mod forward;
pub mod future;
pub mod heap_count;
pub mod held;
mod io_error;
pub mod leave;
pub mod panic_hook;
pub mod shield;
pub mod state;
pub mod thread;
pub mod thread_count;
pub mod waker;
