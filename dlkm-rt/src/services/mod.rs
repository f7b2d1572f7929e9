//! The services that the kernel offers each image, and how an image calls them.

pub(crate) mod ask;
pub(crate) mod backtrace;
pub(crate) mod c;
pub mod entries;
pub(crate) mod held_counts;
pub(crate) mod nomod;
pub(crate) mod panic;
pub(crate) mod records;
pub(crate) mod unbooted;

use std::alloc::Layout;
use std::ffi::{c_int, c_void};
use std::task::Waker;

use crate::call::hold::{HoldPlace, HoldRecord};
use crate::call::slot::Code;
use crate::call::switch::Switch;
use crate::call::table::StubTable;
use crate::error::LoadError;
use crate::os::Start;
use crate::primitive::AtomicUsize;

use held_counts::Count;
use panic::{PanicNote, PanicReport};
use records::Sinks;

/// The kernel's functions that an image calls through.
#[derive(Debug)]
pub(crate) struct Services {
    pub(crate) calls: CallServices,
    pub(crate) keep_waker: fn(Waker, &'static Count) -> Waker,
    pub(crate) alloc: unsafe fn(Layout) -> *mut u8,
    pub(crate) alloc_zeroed: unsafe fn(Layout) -> *mut u8,
    pub(crate) realloc: unsafe fn(*mut u8, Layout, usize) -> *mut u8,
    pub(crate) dealloc: unsafe fn(*mut u8, Layout),
    pub(crate) forward: Sinks,
    pub(crate) threads: ThreadServices,
}

/// The answer of a service that may run the host's own code, such as an observer. If that code
/// panics while an image asks, only the message reaches the image: a panic of the host's copy of std
/// would end the process there.
pub(crate) type Contained<T> = Result<T, String>;

/// The services that must answer whether there is a kernel or not.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CallServices {
    pub(crate) resolve: fn(&'static StubTable, usize) -> Contained<Result<Code, LoadError>>,
    pub(crate) resolve_weak: fn(&'static StubTable, usize) -> Contained<Option<Code>>,
    pub(crate) register: fn(&'static Switch) -> Contained<Result<(), LoadError>>,
    pub(crate) hold: fn(&'static StubTable, &HoldPlace) -> *const HoldRecord,
    pub(crate) raise: fn(&PanicReport<'_>) -> !,
    pub(crate) panicked: fn(&PanicNote<'_>),
}

/// The kernel's functions for threads of an image: see [`os`].
#[derive(Debug)]
pub(crate) struct ThreadServices {
    pub(crate) create: unsafe fn(&Start, &'static AtomicUsize) -> c_int,
    pub(crate) set_specific:
        unsafe fn(&'static AtomicUsize, libc::pthread_key_t, *const c_void) -> c_int,
}
