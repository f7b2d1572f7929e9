//! `cargo dlkm run`: the modules first, then the host through `cargo run`.

use std::process::{Command, ExitCode};

use clap::builder::styling::AnsiColor;
use dlkm_tools::Error;

use crate::args::RunArgs;
use crate::{fail, print};

pub(crate) fn run(options: &RunArgs) -> ExitCode {
    let mut build = options
        .common
        .build(&options.modules, &options.module_features);
    if options.example.is_some() && options.common.root.is_none() {
        build = build.root_beside_examples();
    }
    match build.run() {
        Ok(installed) if !options.common.quiet => installed.iter().for_each(print),
        Ok(_) => {}
        // A host may have all its modules linked in, so this is worth a word, no more.
        Err(Error::NoModules { .. }) if !options.common.quiet => {
            let yellow = AnsiColor::Yellow.on_default().bold();
            anstream::eprintln!(
                "{yellow}warning{yellow:#}: no package of this workspace declares a module"
            );
        }
        Err(Error::NoModules { .. }) => {}
        Err(error) => return fail(&error),
    }
    start(&mut cargo_run(options))
}

/// `cargo run` with what concerns the host.
fn cargo_run(options: &RunArgs) -> Command {
    let common = &options.common;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.arg("run");
    for (flag, value) in [
        ("--package", options.package.as_deref()),
        ("--bin", options.bin.as_deref()),
        ("--example", options.example.as_deref()),
        ("--profile", common.profile()),
    ] {
        if let Some(value) = value {
            command.args([flag, value]);
        }
    }
    for (flag, value) in [
        ("--target-dir", &common.target_dir),
        ("--manifest-path", &common.manifest_path),
    ] {
        if let Some(value) = value {
            command.arg(flag).arg(value);
        }
    }
    for features in &options.features {
        command.args(["--features", features]);
    }
    for (flag, set) in [
        ("--locked", common.locked),
        ("--offline", common.offline),
        ("--quiet", common.quiet),
    ] {
        if set {
            command.arg(flag);
        }
    }
    command.arg("--").args(&options.arguments);
    command
}

/// Becomes cargo, which becomes the host: signals and the exit status are the host's own. Returns
/// on failure only.
#[cfg(unix)]
fn start(command: &mut Command) -> ExitCode {
    use std::os::unix::process::CommandExt;

    let source = command.exec();
    fail(&Error::StartCargo {
        program: command.get_program().into(),
        source,
    })
}

#[cfg(not(unix))]
fn start(command: &mut Command) -> ExitCode {
    match command.status() {
        Ok(status) => std::process::exit(status.code().unwrap_or(1)),
        Err(source) => fail(&Error::StartCargo {
            program: command.get_program().into(),
            source,
        }),
    }
}
