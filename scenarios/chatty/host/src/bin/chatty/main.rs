//! `chatty <module root> <scenario>`: looks at what the module `chatty` logs and tells.
//! Each scenario is a process, since a process has one logger.

mod logs;
mod traces;

use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot};

type Scenario = fn(&'static Kernel);

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(root), Some(name)) = (args.next(), args.next()) else {
        eprintln!("usage: chatty <module root> <scenario>");
        return ExitCode::from(2);
    };
    let mut all = logs::ALL.iter().chain(traces::ALL);
    let Some((_, run)) = all.find(|(known, _)| *known == name) else {
        eprintln!("no scenario `{name}`");
        return ExitCode::from(2);
    };
    // SAFETY: the tests put the files there.
    let root = unsafe { ModuleRoot::trusted(root) };
    match Kernel::boot(root) {
        Ok(kernel) => {
            run(kernel);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
