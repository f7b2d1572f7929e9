//! `cargo dlkm build`: builds modules and installs them.

use std::process::ExitCode;

use crate::args::BuildArgs;
use crate::report;

pub(crate) fn run(options: &BuildArgs) -> ExitCode {
    let common = &options.common;
    match common.build(&options.packages, &options.features).run() {
        Ok(modules) => {
            if !common.quiet {
                report::installed(&modules);
            }
            ExitCode::SUCCESS
        }
        Err(error) => report::failure(&error),
    }
}
