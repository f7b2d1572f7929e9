//! The module `drawer`.
#![allow(
    clippy::not_unsafe_ptr_arg_deref,
    clippy::too_many_arguments,
    reason = "only C code calls these functions"
)]

use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use dlkm_rt::module;
use scenario_stubs_api::Drawer;

/// The driver.
pub struct Driver;

static COINS: AtomicU64 = AtomicU64::new(0);

#[module]
impl Drawer for Driver {
    fn drawer_put(coins: u64) -> u64 {
        COINS.fetch_add(coins, Relaxed) + coins
    }

    fn drawer_wait(wait: unsafe extern "C" fn(*mut c_void), context: *mut c_void) -> i32 {
        // SAFETY: the caller's own function, with the context that came with it.
        unsafe { wait(context) };
        0
    }

    fn drawer_coins() -> i64 {
        COINS.load(Relaxed).cast_signed()
    }
}
