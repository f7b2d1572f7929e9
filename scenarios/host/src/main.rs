//! One process, one scenario: `scenario-host <module root> <file>::<scenario> [argument]`. A
//! scenario asserts what it sees, so its failure is the exit status. `tests/scenarios` checks what
//! some scenarios print.

mod editions;
mod end;
mod heap_check;
mod plan;
mod registry;
mod scenario;

use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot};

use scenario::Scenario;

/// Not the system's allocator, so that a block on the wrong heap is noticed.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(root), Some(name)) = (args.next(), args.next()) else {
        eprintln!("usage: scenario-host <module root> <scenario> [argument]");
        return ExitCode::from(2);
    };
    let argument = args.next().unwrap_or_default();
    let Some(scenario) = scenario::find(&name) else {
        eprintln!("no scenario `{name}`");
        return ExitCode::from(2);
    };
    // SAFETY: the tests put the files there. Where a file is wrong, the scenario tests that the
    // kernel refuses it.
    let root = unsafe { ModuleRoot::trusted(root) };
    match scenario {
        Scenario::Unbooted(run) => run(root),
        Scenario::Booted(run) => match Kernel::boot(root) {
            Ok(kernel) => run(kernel, &argument),
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::FAILURE;
            }
        },
    }
    ExitCode::SUCCESS
}
