//! The services that the kernel offers each image, and how an image calls them.

pub mod ask;
pub mod backtrace;
pub mod c;
pub mod entries;
pub mod held_counts;
pub mod nomod;
pub mod panic;
pub mod records;
pub mod unbooted;

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
pub struct Services {
    pub calls: CallServices,
    pub keep_waker: fn(Waker, &'static Count) -> Waker,
    pub alloc: unsafe fn(Layout) -> *mut u8,
    pub alloc_zeroed: unsafe fn(Layout) -> *mut u8,
    pub realloc: unsafe fn(*mut u8, Layout, usize) -> *mut u8,
    pub dealloc: unsafe fn(*mut u8, Layout),
    pub forward: Sinks,
    pub threads: ThreadServices,
}

/// The answer of a service that may run the host's own code, such as an observer. If that code
/// panics while an image asks, only the message reaches the image: a panic of the host's copy of std
/// would end the process there.
pub type Contained<T> = Result<T, String>;

/// The services that must answer whether there is a kernel or not.
#[derive(Clone, Copy, Debug)]
pub struct CallServices {
    pub resolve: fn(&'static StubTable, usize) -> Contained<Result<Code, LoadError>>,
    pub resolve_weak: fn(&'static StubTable, usize) -> Contained<Option<Code>>,
    pub register: fn(&'static Switch) -> Contained<Result<(), LoadError>>,
    pub hold: fn(&'static StubTable, &HoldPlace) -> *const HoldRecord,
    pub raise: fn(&PanicReport<'_>) -> !,
    pub panicked: fn(&PanicNote<'_>),
}

/// The kernel's functions for threads of an image: see `os`.
#[derive(Debug)]
pub struct ThreadServices {
    pub create: unsafe fn(&Start, &'static AtomicUsize) -> c_int,
    pub set_specific: unsafe fn(&'static AtomicUsize, libc::pthread_key_t, *const c_void) -> c_int,
}
