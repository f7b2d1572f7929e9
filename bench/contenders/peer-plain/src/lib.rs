//! A shared object with plain functions.

/// For `dlsym`, libloading, dlopen2 and the guards by hand.
#[unsafe(no_mangle)]
pub extern "C" fn plain_add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}

/// For hot-lib-reloader, whose functions are Rust's.
#[unsafe(no_mangle)]
pub fn hot_add(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}
