//! Which execution of which model runs, and what it assumes of compiler and system.

use std::cell::Cell;

/// How far a model is explored.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How often the scheduler may stop a thread that could go on. `None` sets no limit, which
    /// makes the exploration complete.
    pub preemptions: Option<usize>,
    /// The compiler that the model assumes.
    pub compiler: Compiler,
    /// The barrier of the system that the model assumes.
    pub heavy: Heavy,
}

impl Bounds {
    /// Every order there is.
    pub const ALL: Bounds = Bounds {
        preemptions: None,
        compiler: Compiler::Literal,
        heavy: Heavy::Everywhere,
    };

    /// At most `preemptions` preemptions; one more if the environment has `DLKM_MODELS_LONG`.
    pub const fn stops(preemptions: usize) -> Bounds {
        Bounds {
            preemptions: Some(preemptions),
            ..Bounds::ALL
        }
    }

    /// The same with a compiler that moves every store that it may move.
    pub const fn moved(self) -> Bounds {
        Bounds {
            compiler: Compiler::Moves,
            ..self
        }
    }

    /// The same with another barrier.
    pub const fn heavy(self, heavy: Heavy) -> Bounds {
        Bounds { heavy, ..self }
    }
}

/// The compiler that a model assumes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// Leaves every step where it is written.
    Literal,
    /// Moves each relaxed store below all loads of other places that follow it, up to the next
    /// step of another kind or `light_barrier`.
    Moves,
}

/// What an unloader's barrier does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heavy {
    /// A fence in each thread of the process: membarrier(2).
    Everywhere,
    /// A fence in the calling thread only. This is not enough.
    Here,
    /// The system has no such barrier.
    Missing,
}

std::thread_local! {
    static NUMBER: Cell<u64> = const { Cell::new(0) };
    static BOUNDS: Cell<Bounds> = const { Cell::new(Bounds::ALL) };
}

/// The number of the running execution. No two executions of a process share one; the first is 1.
pub(crate) fn number() -> u64 {
    NUMBER.get()
}

/// The bounds of the running model.
pub(super) fn bounds() -> Bounds {
    BOUNDS.get()
}

/// Starts execution `number`. The threads of an execution all run on the calling system thread.
pub(super) fn start(number: u64, bounds: Bounds) {
    NUMBER.set(number);
    BOUNDS.set(bounds);
}
