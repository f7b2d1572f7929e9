//! A static module whose states do not include `static`: the kernel does not boot.

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

struct Driver;

#[module(states = [auto, loaded])]
impl scenario_api::Faulty for Driver {
    fn seven() -> Result<u64, LoadError> {
        Ok(7)
    }
}

fn main() -> std::process::ExitCode {
    match Kernel::boot(ModuleRoot::none()) {
        Ok(_) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            std::process::ExitCode::FAILURE
        }
    }
}
