//! One process, one scenario: `scenario-host <module root> <scenario> [argument]`. A
//! scenario asserts what it sees, so that the exit status tells; what it prints is part of
//! the test in `tests/`.

mod editions;
mod heap_check;
mod plan;
mod registry;
mod scenario;

use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot};

/// Not the system's allocator, so that a heap block on the wrong heap shows.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(root), Some(name)) = (args.next(), args.next()) else {
        eprintln!("usage: scenario-host <module root> <scenario> [argument]");
        return ExitCode::from(2);
    };
    let argument = args.next().unwrap_or_default();
    if let Some(run) = scenario::before_boot(&name) {
        run();
    }
    // SAFETY: the tests put the files there; what is wrong with them is what they test.
    let root = unsafe { ModuleRoot::trusted(root) };
    let kernel = match Kernel::boot(root) {
        Ok(kernel) => kernel,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match scenario::find(&name) {
        Some(run) => {
            run(kernel, &argument);
            println!("{name}: done");
            ExitCode::SUCCESS
        }
        None => {
            eprintln!("no scenario `{name}`");
            ExitCode::from(2)
        }
    }
}
