//! The interface `shm`: the functions of a shared memory module that a kernel calls, as in HP-UX.

use std::fmt;

use dlkm_rt::{Errno, Interface, LoadError, module};

/// Shared memory segments.
#[module(name = "shm")]
pub trait Shm {
    /// Finds or creates the segment `key` of at least `size` bytes.
    ///
    /// Strong, load-only: the first call loads `shm`, which then stays loaded.
    ///
    /// # Errors
    /// The module can't be loaded, or the system refuses the segment.
    #[stub]
    fn shmget(key: u32, size: usize) -> Result<SegmentId, ShmError>;

    /// Attaches process `pid` to a segment, and returns the address.
    ///
    /// Strong, unloadable: each call keeps the module loaded until it returns.
    #[ustub(or = not_attached)]
    fn shmat(pid: u32, id: SegmentId) -> Option<usize>;

    /// Cleans up after process `pid`, and returns how many attachments it had.
    ///
    /// Weak: if the module is not loaded, there is nothing to clean up.
    #[wstub(or = nothing)]
    fn shmexit(pid: u32) -> usize;
}

fn not_attached(_pid: u32, _id: SegmentId) -> Option<usize> {
    None
}

fn nothing(_pid: u32) -> usize {
    0
}

/// Names a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub struct SegmentId(pub u32);

/// Why there is no segment.
#[derive(Clone, Debug, Interface)]
pub enum ShmError {
    /// The module could not be loaded.
    Load(LoadError),
    /// The system refused the segment.
    System(Errno),
}

impl From<LoadError> for ShmError {
    fn from(error: LoadError) -> Self {
        ShmError::Load(error)
    }
}

impl fmt::Display for ShmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShmError::Load(error) => error.fmt(f),
            ShmError::System(errno) => write!(f, "no segment: {errno}"),
        }
    }
}

impl std::error::Error for ShmError {}
