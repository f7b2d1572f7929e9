//! The entry of `libdlkm_kernel.so`: this runtime alone, built as a shared object with the cfg
//! `dlkm_kernel`. It is the kernel of a process whose program knows nothing of it.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::c::Slice;
use crate::image::door::Refusal;
use crate::services::panic;
use crate::{BootError, BootOptions, Event, ModuleRoot};

/// Boots a kernel with this module root. It reports each failure once on standard error, because
/// nothing in the program would.
#[unsafe(no_mangle)]
extern "C" fn dlkm_kernel_boot(root: Slice<'_, u8>, refusal: Refusal) -> bool {
    let root = PathBuf::from(OsStr::from_bytes(root.as_slice()));
    match catch_unwind(AssertUnwindSafe(|| boot(root))) {
        Ok(Ok(()) | Err(BootError::AlreadyBooted | BootError::BootedByStubs)) => true,
        Ok(Err(error)) => {
            refusal.say(error);
            false
        }
        Err(payload) => {
            refusal.say(panic::message(payload));
            false
        }
    }
}

fn boot(root: PathBuf) -> Result<(), BootError> {
    // SAFETY: who installed the stub modules promised it for their module root; whoever chose another
    // one by `DLKM_ROOT` can choose any code for this process.
    let root = unsafe { ModuleRoot::trusted(root) };
    let said: Mutex<HashSet<String>> = Mutex::default();
    let report = move |event: &Event<'_>| {
        let Event::LoadFailed { error, .. } = event else {
            return;
        };
        let text = error.to_string();
        if said
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(text)
        {
            eprintln!("dlkm: {error}");
        }
    };
    BootOptions::new().observe(report).boot(root).map(drop)
}
