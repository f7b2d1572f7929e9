//! Two static modules of one name: the kernel does not boot.

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

struct One;

#[module]
impl scenario_api::Faulty for One {
    fn seven() -> Result<u64, LoadError> {
        Ok(7)
    }
}

struct Other;

#[module]
impl scenario_api::Faulty for Other {
    fn seven() -> Result<u64, LoadError> {
        Ok(77)
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
