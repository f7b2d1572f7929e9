//! What stubs of `modmeta!` do without their module: the functions that illumos has for that.

use super::ask;
use crate::call::table::StubTable;
use crate::error::Errno;

/// Returns 0.
pub const fn nomod_zero() -> isize {
    0
}

/// Returns -1.
pub const fn nomod_minus_one() -> isize {
    -1
}

/// Returns `EINVAL`.
pub const fn nomod_einval() -> isize {
    Errno::EINVAL.0 as isize
}

/// Does nothing. The result means nothing to a caller of a `void` function.
pub const fn nomod_void() -> isize {
    0
}

/// Panics, for a function that has no default: `0` in `modmeta!`. `index` counts the interface's
/// functions from 0.
#[cold]
#[inline]
pub fn no_module(interface: &'static StubTable, index: usize) -> isize {
    let declaration = interface.declaration;
    let function = declaration.functions.get(index).name;
    let interface_name = declaration.name;
    // The stub has just failed, so this is the reason as a rule, and loads nothing.
    match ask::resolve(interface, index) {
        Err(error) => {
            panic!("`{interface_name}::{function}` has no result without its module: {error}")
        }
        Ok(_) => panic!(
            "`{interface_name}::{function}` has no result without its module, which could not be \
             loaded when it was called"
        ),
    }
}
