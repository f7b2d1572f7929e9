//! A host that is built with `panic = "abort"`: `scenario-aborting <module root> <what>`.

use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot};
use scenario_api::{Panic, forgiving, keeper, panics};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(root), Some(what)) = (args.next(), args.next()) else {
        eprintln!("usage: scenario-aborting <module root> <what>");
        return ExitCode::from(2);
    };
    // SAFETY: the tests put the files there.
    let root = unsafe { ModuleRoot::trusted(root) };
    if let Err(error) = Kernel::boot(root) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    match &*what {
        "work" => match keeper::adder(3) {
            Ok(add) => println!("2 and 3 are {}", add(2)),
            Err(error) => eprintln!("{error}"),
        },
        "panic" => println!("{}", panics::panic(Panic::String)),
        "fallback" => println!("{:?}", forgiving::divide(1, 0)),
        "drop" => drop(keeper::grave()),
        other => {
            eprintln!("no `{other}`: work, panic, fallback or drop");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
