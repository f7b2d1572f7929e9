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
    // Before anything is built, since it can fail.
    let hosts = match build.linking(options.package.as_deref()) {
        Ok(hosts) if hosts.len() > 1 => {
            let hosts = hosts.into_iter().map(|one| one.host).collect();
            return report::failure(&Error::WhichHost { hosts });
        }
        Ok(hosts) => hosts,
        Err(error) => return report::failure(&error),
    };
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
    let linking = hosts.first();
    let package = options.package.as_ref();
    for (flag, value) in [
        (
            "--package",
            package.or(linking.map(|linking| &linking.host)),
        ),
        ("--bin", options.bin.as_ref()),
        ("--example", options.example.as_ref()),
    ] {
        if let Some(value) = value {
            host.args([flag, value]);
        }
    }
    let linking = linking.map_or(&[][..], |linking| &linking.features);
    for features in options.features.iter().chain(linking) {
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
