//! `cargo dlkm run`: builds the modules, then starts the host through `cargo run`.

use std::process::{Command, ExitCode};

use dlkm_tools::{Error, terminal};

use crate::args::RunArgs;
use crate::report;

pub(crate) fn run(options: &RunArgs) -> ExitCode {
    let common = &options.common;
    let mut build = common.build(&options.modules, &options.module_features);
    if options.example.is_some() && common.root.is_none() {
        build = build.root_beside_examples();
    }
    match build.run() {
        Ok(modules) if !common.quiet => report::installed(&modules),
        Ok(_) => {}
        // No error, because all modules may be linked into the host.
        Err(Error::NoModules { .. }) if !common.quiet => {
            terminal::warning("no package of this workspace declares a module");
        }
        Err(Error::NoModules { .. }) => {}
        Err(error) => return report::failure(&error),
    }
    let mut host = build.cargo("run");
    for (flag, value) in [
        ("--package", &options.package),
        ("--bin", &options.bin),
        ("--example", &options.example),
    ] {
        if let Some(value) = value {
            host.args([flag, value]);
        }
    }
    for features in &options.features {
        host.args(["--features", features]);
    }
    host.arg("--").args(&options.arguments);
    start(&mut host)
}

/// Replaces this process by cargo, which replaces itself by the host. So the host gets all signals,
/// and its exit status is that of the command. Returns only on failure.
#[cfg(unix)]
fn start(command: &mut Command) -> ExitCode {
    use std::os::unix::process::CommandExt;

    let source = command.exec();
    report::failure(&Error::StartCargo {
        program: command.get_program().into(),
        source,
    })
}

#[cfg(not(unix))]
fn start(command: &mut Command) -> ExitCode {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(source) => report::failure(&Error::StartCargo {
            program: command.get_program().into(),
            source,
        }),
    }
}
