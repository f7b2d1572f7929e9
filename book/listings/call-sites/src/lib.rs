//! A slot by hand. It stands in another crate than its caller, as the slots of stubs do.

use std::sync::atomic::AtomicPtr;

/// Holds the function that is called.
pub static SLOT: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());
