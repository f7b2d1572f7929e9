//! What the runtime's locks, atomics and thread-local data are in a model, and the threads that
//! use them: loom's, with three things added. They have const constructors, each thread takes
//! part in [`barrier`]s, and a [`Compiler`] may move stores.

#[macro_use]
mod local;

pub mod atomics;
pub mod barrier;
mod late;
mod locks;
pub mod memory;
pub mod thread;

pub(crate) use atomics::{AtomicIsize, AtomicPtr, AtomicUsize};

pub(crate) use atomics::AtomicU64;
pub(crate) use local::{AccessError, LocalKey, at_distance, distance};
pub(crate) use locks::{Condvar, Mutex, MutexGuard, OnceLock};

pub use thread::{Bounds, Compiler, check};
