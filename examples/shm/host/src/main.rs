//! The example from HP-UX: a process that exits may have used shared memory, so the kernel's `exit()`
//! calls `shmexit()`, a weak stub. Only `shmget()` loads the module.

use std::error::Error;
use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot};
// Nothing else names the driver, and an unnamed dependency is not linked.
#[cfg(feature = "static")]
use ::shm as _;
use shm_api::shm;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("shm-host: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    // SAFETY: only users who can replace the program itself can write to the folder beside it.
    let root = unsafe { ModuleRoot::beside_executable()? };
    Kernel::boot(root)?;

    println!("process 1 used no shared memory:");
    exit(1);
    println!("process 2 uses some:");
    let segment = shm::shmget(7, 4096)?;
    println!("  shmget(7, 4096) = {segment:?}");
    let attached = shm::shmat(2, segment).is_some();
    println!(
        "  shmat(2, {segment:?}): {}",
        if attached { "attached" } else { "not attached" }
    );
    exit(2);
    Ok(())
}

/// The kernel's routine for the end of a process.
fn exit(pid: u32) {
    let cleaned = shm::shmexit(pid);
    println!("  exit({pid}): shmexit cleaned up {cleaned}");
}
