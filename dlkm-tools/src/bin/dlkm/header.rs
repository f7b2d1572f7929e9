//! `dlkm header`: writes the C header of interfaces of ABI C.

use std::process::ExitCode;

use dlkm_metadata::InterfaceInfo;
use dlkm_tools::{Build, c_caller_header, c_header, terminal};

use crate::args::HeaderArgs;
use crate::message::{self, Message};
use crate::report::{self, FILE_ERROR};

pub(crate) fn run(options: &HeaderArgs) -> ExitCode {
    let Some(all) = interfaces(options) else {
        return ExitCode::from(FILE_ERROR);
    };
    let Some(chosen) = choose(all, &options.interfaces) else {
        return ExitCode::from(FILE_ERROR);
    };
    let text = match options.callers {
        true => c_caller_header(&chosen),
        false => c_header(&chosen),
    };
    match text {
        Ok(text) => report::print(&text, 0),
        Err(error) => {
            failed(&error);
            ExitCode::from(1)
        }
    }
}

fn failed(error: &dyn std::error::Error) {
    message::error(Message::Header, error);
    terminal::causes(error);
}

/// The interfaces of the package or the image, or nothing after printing an error.
fn interfaces(options: &HeaderArgs) -> Option<Vec<InterfaceInfo>> {
    if let Some(package) = &options.package {
        let found = Build::new(".").package(package).interfaces();
        return found.map_err(|error| failed(&error)).ok();
    }
    let image = options.image.as_ref()?;
    report::read(image).map(|metadata| metadata.interfaces().to_vec())
}

/// The interfaces of these names, in this order; without a name all of them. If one does not exist,
/// nothing after printing an error.
fn choose(all: Vec<InterfaceInfo>, names: &[String]) -> Option<Vec<InterfaceInfo>> {
    if names.is_empty() || all.is_empty() {
        return Some(all);
    }
    let mut chosen = Vec::new();
    for name in names {
        let Some(one) = all.iter().find(|one| one.name() == name) else {
            let known: Vec<_> = all.iter().map(InterfaceInfo::name).collect();
            let known = known.join(", ");
            message::error(
                Message::NoInterface,
                format_args!("there is no interface `{name}`; choose from: {known}"),
            );
            return None;
        };
        chosen.push(one.clone());
    }
    Some(chosen)
}
