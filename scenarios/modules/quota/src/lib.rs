//! `quota`: has its metadata from the statements of its interface.

use std::sync::atomic::{AtomicUsize, Ordering};

use dlkm_rt::{Errno, LoadArg};

/// The driver.
pub struct Driver;

static USED: AtomicUsize = AtomicUsize::new(0);

// ANCHOR: driver
scenario_api::quota_dlkm! {
    (load = load)
    impl scenario_api::Quota for Driver {
        fn charge(blocks: usize, files: usize) -> isize {
            USED.fetch_add(blocks + files, Ordering::Relaxed);
            Self::used()
        }

        fn limit() -> isize {
            isize::MAX
        }

        fn used() -> isize {
            USED.load(Ordering::Relaxed).cast_signed()
        }
    }
}
// ANCHOR_END: driver

fn load(_: &LoadArg) -> Result<(), Errno> {
    USED.store(100, Ordering::Relaxed);
    Ok(())
}
