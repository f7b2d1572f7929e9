//! The asymmetric barrier: what membarrier(2) does to the threads of a process.
//!
//! See the crate's front page for why the system does the same.

use std::rc::Rc;

use loom::sync::atomic::Ordering::SeqCst;
use loom::sync::atomic::fence;

pub use super::execution::Heavy;

use super::execution;
use super::fence_requests::Asker;
use super::step::{self, Step, before};

/// Every thread passes a full fence between the start and the end of this call. Returns whether
/// the system has such a barrier.
pub fn heavy() -> bool {
    before(Step::Other);
    let kind = execution::bounds().heavy;
    if kind == Heavy::Missing {
        return false;
    }
    fence(SeqCst);
    if kind == Heavy::Everywhere {
        ask_others();
    }
    fence(SeqCst);
    true
}

fn ask_others() {
    let me = step::me();
    let asker = Asker::new();
    for other in step::all() {
        if !Rc::ptr_eq(&me, &other) {
            asker.ask(&other.requests);
        }
    }
    asker.wait();
}

/// Keeps the compiler from moving the steps after it above those before it.
pub fn light() {
    step::flush();
}
