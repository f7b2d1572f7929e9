//! `dlkm header`: interfaces of ABI C, for a C compiler.

use std::process::ExitCode;

use dlkm_metadata::InterfaceInfo;
use dlkm_tools::c_header;

use crate::args::HeaderArgs;
use crate::report::{self, BAD};

pub(crate) fn run(options: &HeaderArgs) -> ExitCode {
    let Some(all) = interfaces(options) else {
        return ExitCode::from(report::UNREADABLE);
    };
    let mut chosen = Vec::new();
    for name in &options.interface {
        match all.iter().find(|one| one.name() == name) {
            Some(one) => chosen.push(one.clone()),
            None => {
                let known: Vec<_> = all.iter().map(InterfaceInfo::name).collect();
                let known = known.join(", ");
                anstream::eprintln!(
                    "{BAD}error{BAD:#}: there is no interface `{name}`; there are: {known}"
                );
                return ExitCode::from(report::UNREADABLE);
            }
        }
    }
    if options.interface.is_empty() {
        chosen = all;
    }
    match c_header(&chosen) {
        Ok(text) => report::print(&text, 0),
        Err(error) => {
            anstream::eprintln!("{BAD}error{BAD:#}: {error}");
            ExitCode::from(1)
        }
    }
}

fn interfaces(options: &HeaderArgs) -> Option<Vec<InterfaceInfo>> {
    if let Some(package) = &options.package {
        let found = dlkm_tools::Build::new(".").package(package).interfaces();
        return found
            .map_err(|error| anstream::eprintln!("{BAD}error{BAD:#}: {error}"))
            .ok();
    }
    let image = options.image.as_ref()?;
    report::read(image).map(|metadata| metadata.interfaces().to_vec())
}
