//! `cargo dlkm build`: builds modules and installs them.

use std::process::ExitCode;

use dlkm_tools::Error;

use crate::args::BuildArgs;
use crate::report;

pub(crate) fn run(options: &BuildArgs) -> ExitCode {
    let common = &options.common;
    let build = common.build(&options.packages, &options.features);
    if options.stubs {
        return match build.stub_modules() {
            Ok(modules) => {
                if !common.quiet {
                    report::installed(&modules);
                }
                ExitCode::SUCCESS
            }
            Err(error) => report::failure(&error),
        };
    }
    // Before anything is built, since it can fail.
    let hosts = match build.linking(None) {
        Ok(hosts) => hosts,
        Err(error) => return report::failure(&error),
    };
    match build.run() {
        Ok(modules) if !common.quiet => report::installed(&modules),
        Ok(_) => {}
        Err(error) => return report::failure(&error),
    }
    for host in hosts {
        let mut cargo = build.cargo("build");
        cargo.args(["--package", &host.host]);
        if !host.features.is_empty() {
            cargo.args(["--features", &host.features.join(",")]);
        }
        match cargo.status() {
            Ok(status) if status.success() => {}
            Ok(status) => return report::cargo_failed(status),
            Err(source) => {
                let program = cargo.get_program().into();
                return report::failure(&Error::StartCargo { program, source });
            }
        }
    }
    ExitCode::SUCCESS
}
