//! `soak <module root> run <seconds>`: callers of all kinds in the host and in a module, while
//! the modules are unloaded and loaded all the time.
//!
//! `soak <module root> cycles <number>`: loads, calls and unloads that many times, and compares the
//! process's memory and mappings before and after.
//!
//! Both assert what they see, so a failure is the exit status.

mod callers;
mod cycles;
mod memory;
mod run;

use std::process::ExitCode;
use std::time::Duration;

use dlkm_rt::{Kernel, ModuleRoot};

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [root, what, number] = &*args else {
        return usage();
    };
    let Ok(number) = number.parse() else {
        return usage();
    };
    // SAFETY: the tests put the modules there.
    let root = unsafe { ModuleRoot::trusted(root) };
    let kernel = match Kernel::boot(root) {
        Ok(kernel) => kernel,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    };
    match &**what {
        "run" => run::run(kernel, Duration::from_secs(number)),
        "cycles" => cycles::run(kernel, number),
        _ => return usage(),
    }
    ExitCode::SUCCESS
}

fn usage() -> ExitCode {
    eprintln!("usage: soak <module root> run <seconds> | cycles <number>");
    ExitCode::from(2)
}
