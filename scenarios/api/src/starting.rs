//! Threads that a module starts.

use dlkm_rt::{Interface, LoadError, module};

/// Starts threads.
#[module(name = "threads")]
pub trait Threads {
    /// Starts one.
    #[ustub]
    fn start(how: Start) -> Result<(), LoadError>;

    /// Ends the thread of [`Start::Holding`]. Returns 40 plus the count of module `counter`.
    #[ustub]
    fn stop() -> Result<u64, LoadError>;

    /// Starts a thread that panics, and joins it. Returns the error's text.
    #[ustub]
    fn panic() -> Result<String, LoadError>;

    /// Asks std for the calling thread, which leaves a destructor of the module in that thread.
    #[ustub]
    fn know_thread() -> Result<(), LoadError>;
}

/// Its module starts a thread before it is attached.
#[module(name = "early")]
pub trait Early {
    /// 8, if the module is loaded.
    #[ustub]
    fn eight() -> Result<u64, LoadError>;
}

/// Its module is built against an older, load-only version of `counter`.
#[module(name = "veteran")]
pub trait Veteran {
    /// Starts a thread that calls `counter::during`, where it asks the plan for "veteran".
    #[ustub]
    fn linger() -> Result<(), LoadError>;
}

/// Its image calls `counter` in a destructor.
#[module(name = "parting")]
pub trait Parting {
    /// The destructor writes to this file what `count`, `peek` and `during` returned.
    #[ustub]
    fn note(file: &str) -> Result<(), LoadError>;
}

/// Which thread.
#[derive(Clone, Copy, Debug, Interface)]
pub enum Start {
    /// It asks the plan for "thread", and ends. It is never joined.
    Plain,
    /// The same, started by C code that is linked into the image.
    InC,
    /// The same, and it ends by `pthread_exit`.
    InCLeaving,
    /// It does next to nothing.
    Short,
    /// A destructor of its thread-local data asks the plan, and calls `counter`.
    LastWords,
    /// The unload hook ends it.
    Worker,
    /// It holds the module until `stop`.
    Holding,
    /// It holds the module and is never joined. Its result asks the plan when it is dropped.
    HoldingUnjoined,
}
