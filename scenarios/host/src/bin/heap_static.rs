//! The module `heap`, linked into the host: its blocks are on the host's heap as well.

#[path = "../heap_check.rs"]
mod heap_check;

use dlkm_rt::{Kernel, ModuleRoot};
use scenario_heap as _;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), dlkm_rt::BootError> {
    let kernel = Kernel::boot(ModuleRoot::none())?;
    heap_check::run();
    assert!(kernel.modules().iter().any(|module| module.is_static()));
    Ok(())
}
