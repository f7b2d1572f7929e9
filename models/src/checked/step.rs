//! The running thread of a model, and what it does before each step that others can see.

use std::cell::RefCell;
use std::rc::Rc;

use super::execution::{self, Compiler};
use super::fence_requests::FenceRequests;
use super::local_block::LocalBlock;

/// What a thread is about to do.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A load from this address.
    Load(usize),
    /// Any other step.
    Other,
}

/// A thread of a model.
pub(super) struct Thread {
    pub(super) requests: FenceRequests,
    pub(super) locals: LocalBlock,
    /// The store that the compiler has moved, and its address.
    delayed: RefCell<Option<Delayed>>,
}

type Delayed = (usize, Box<dyn FnOnce()>);

std::thread_local! {
    /// The threads of the running execution.
    static ALL: RefCell<Vec<Rc<Thread>>> = const { RefCell::new(Vec::new()) };
}

loom::thread_local! {
    static ME: RefCell<Option<Rc<Thread>>> = RefCell::new(None);
}

impl Thread {
    /// A thread of the running execution.
    pub(super) fn new() -> Rc<Self> {
        let thread = Rc::new(Thread {
            requests: FenceRequests::new(),
            locals: LocalBlock::default(),
            delayed: RefCell::new(None),
        });
        ALL.with_borrow_mut(|all| all.push(Rc::clone(&thread)));
        thread
    }

    /// Makes this the running thread, before its first step.
    pub(super) fn enter(self: &Rc<Self>) {
        ME.with(|me| *me.borrow_mut() = Some(Rc::clone(self)));
    }
}

/// Forgets the threads of the last execution.
pub(super) fn reset() {
    ALL.with_borrow_mut(Vec::clear);
}

pub(super) fn all() -> Vec<Rc<Thread>> {
    ALL.with_borrow(Clone::clone)
}

/// Whether the running thread is one of the model's.
pub(super) fn in_model() -> bool {
    ME.with(|me| me.borrow().is_some())
}

pub(super) fn me() -> Rc<Thread> {
    ME.with(|me| me.borrow().clone())
        .expect("only threads that `check` or `spawn` has started make steps")
}

/// Comes before each step that others can see.
pub(super) fn before(step: Step) {
    let me = me();
    let moved = me.delayed.borrow().as_ref().map(|(address, _)| *address);
    match (step, moved) {
        (Step::Load(address), Some(moved)) if address != moved => {}
        _ => flush(),
    }
    me.requests.serve();
}

/// Makes the step that the compiler has moved.
pub(super) fn flush() {
    let me = me();
    let delayed = me.delayed.take();
    if let Some((_, store)) = delayed {
        me.requests.serve();
        store();
    }
}

/// Lets the compiler move a store of the running thread.
pub(super) fn delay(address: usize, store: impl FnOnce() + 'static) {
    match execution::bounds().compiler {
        Compiler::Literal => store(),
        Compiler::Moves => *me().delayed.borrow_mut() = Some((address, Box::new(store))),
    }
}
