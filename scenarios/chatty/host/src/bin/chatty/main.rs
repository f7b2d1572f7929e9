//! `chatty <module root> <file>::<scenario>`: checks what the module `chatty` logs and traces.
//! Each scenario is a process, since a process has one logger.

mod logs;
mod traces;

use std::alloc::{GlobalAlloc, Layout, System};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use dlkm_rt::{Kernel, ModuleRoot};

/// Counts the bytes in use, those of modules included.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: the system's allocator does the work; counting touches no block.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        IN_USE.fetch_add(layout.size(), Relaxed);
        // SAFETY: the caller keeps `alloc`'s contract for `layout`, which `System` shares.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Relaxed);
        // SAFETY: the caller passes a block of `alloc` above and its layout: a block of `System`.
        unsafe { System.dealloc(block, layout) }
    }
}

type Scenario = fn(&'static Kernel);

macro_rules! find {
    ($($family:ident { $($name:ident)* })*) => {
        /// The scenario of that name: its file and its function.
        fn find(name: &str) -> Option<Scenario> {
            Some(match name {
                $($(concat!(stringify!($family), "::", stringify!($name)) => $family::$name,)*)*
                _ => return None,
            })
        }
    };
}

scenario_chatty_host::scenarios!(find);

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(root), Some(name)) = (args.next(), args.next()) else {
        eprintln!("usage: chatty <module root> <scenario>");
        return ExitCode::from(2);
    };
    let Some(run) = find(&name) else {
        eprintln!("no scenario `{name}`");
        return ExitCode::from(2);
    };
    // SAFETY: the tests put the files there.
    let root = unsafe { ModuleRoot::trusted(root) };
    match Kernel::boot(root) {
        Ok(kernel) => {
            run(kernel);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
