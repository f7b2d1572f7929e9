//! What the runtime's locks, atomics and thread-local data are in a model, and the threads that
//! use them: loom's, with three additions. They have const constructors, each thread takes part in
//! [`barrier`]s, and a [`Compiler`] may move stores.
//!
//! Each file uses only files above it in this list.

pub(crate) mod execution;
mod per_execution;

mod fence_requests;
mod local_block;

mod step;

pub mod atomics;
pub mod barrier;
#[macro_use]
pub(crate) mod local;
mod sleep;

mod locks;
pub mod memory;
pub mod thread;

mod check;

pub(crate) use atomics::{AtomicIsize, AtomicPtr, AtomicU64, AtomicUsize};
pub(crate) use local::{AccessError, LocalKey, at_distance, distance};
pub(crate) use locks::{Condvar, Mutex, MutexGuard, OnceLock};

pub use check::{WANTED, check};
pub use execution::{Bounds, Compiler};
