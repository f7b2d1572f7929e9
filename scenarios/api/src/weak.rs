//! Unloadable interfaces without a `#[ustub]`: their class is said.

use dlkm_rt::{LoadError, module};

/// Has weak stubs alone.
#[module(name = "audit", class = unloadable)]
pub trait Audit {
    /// Counts one up; returns the count. 0 where the module is not loaded.
    #[wstub(or = not_counted)]
    fn record() -> u64;

    /// Calls `body` from inside the module, where that is loaded.
    #[wstub(or = not_run)]
    fn during(body: &mut dyn FnMut()) -> bool;
}

/// Another interface of the module `audit`.
#[module(name = "audit-seal", class = unloadable)]
pub trait AuditSeal {
    /// The count so far; the module stays loaded from then on.
    #[stub]
    fn seal() -> Result<u64, LoadError>;
}

fn not_counted() -> u64 {
    0
}

fn not_run(_: &mut dyn FnMut()) -> bool {
    false
}
