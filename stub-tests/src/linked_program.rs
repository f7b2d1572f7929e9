//! Calls the functions of stub modules that are linked into this program, from C.

// For its symbols.
use illumos_api as _;

use std::ffi::{CStr, c_char, c_int};

use dlkm_rt::{Kernel, ModuleRoot};

unsafe extern "C" {
    fn call_all(pass: *const c_char, all: c_int);
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().unwrap();
    // SAFETY: the folder has only the modules that the test compiled.
    let root = unsafe { ModuleRoot::trusted(root) };
    Kernel::boot(root).unwrap();
    let pass: &CStr = c"called";
    // SAFETY: it takes a text and a number, and the text lives long enough.
    unsafe { call_all(pass.as_ptr(), c_int::from(arguments.next().is_some())) };
}
