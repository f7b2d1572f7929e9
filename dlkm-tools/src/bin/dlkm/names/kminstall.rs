//! `kminstall`: adds, updates and deletes modules, as on HP-UX 11.0 to 11i v1.6.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgGroup;

use super::own::Own;
use crate::failure::Failure;
use crate::install::install;
use crate::message::{self, Message};
use crate::place::Place;
use crate::remove::remove;

/// Add, update or delete a module.
///
/// -a and -u read the image from the current folder: `MODULE.so`, or `libMODULE.so` as Cargo names it.
#[derive(Debug, clap::Parser)]
#[command(name = "kminstall", version, disable_help_flag = true)]
#[command(after_help = super::own::EXIT_CODES)]
#[command(group = ArgGroup::new("form").required(true).args(["add", "delete", "update"]))]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    /// Add it; it must not be installed
    #[arg(short)]
    add: bool,

    /// Delete it; a kernel that has loaded it must be able to unload it
    #[arg(short)]
    delete: bool,

    /// Update it; its state and its tunables stay
    #[arg(short)]
    update: bool,

    /// Print no warnings
    #[arg(short)]
    silent: bool,

    /// Module
    module: String,
}

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let place = Place::find(options.own.root.as_deref())?;
    let name = &options.module;
    let warn = |message: Message, text: String| {
        if !options.silent {
            message::warning(message, text);
        }
    };
    if options.delete {
        remove(&place, std::slice::from_ref(name), "")?;
        return Ok(ExitCode::SUCCESS);
    }
    let there = place.root.image_file(name).is_ok();
    if options.add && there {
        // kminstall(1M), `-a`: "exists already: message, fails".
        return Err(Failure::of(
            Message::AlreadyThere,
            format_args!("the module `{name}` is installed already; use -u to update it"),
        ));
    }
    if options.update && !there {
        // kminstall(1M), `-u`: "not there: warns and adds".
        warn(
            Message::NotThereYet,
            format!("the module `{name}` is not installed; adding it"),
        );
    }
    let done = install(&place, &[image(name)?], options.update, "")?;
    for one in done
        .modules
        .iter()
        .filter(|one| !dlkm_system::same_name(&one.module, name))
    {
        warn(
            Message::OtherModule,
            format!("the image is that of `{}`", one.module),
        );
    }
    match done.changed.waits {
        None => Ok(ExitCode::SUCCESS),
        Some(reasons) => {
            warn(
                Message::Waits,
                format!(
                    "`{name}` is used from the next boot on: {}",
                    reasons.join("; ")
                ),
            );
            Ok(ExitCode::from(crate::change::WAITS))
        }
    }
}

/// The image of a module in the current folder.
fn image(name: &str) -> Result<PathBuf, Failure> {
    let names = [
        format!("{name}.so"),
        format!("lib{}.so", name.replace('-', "_")),
    ];
    let found = names.iter().map(Path::new).find(|file| file.is_file());
    found.map(Path::to_owned).ok_or_else(|| {
        Failure::of(
            Message::NotHere,
            format_args!(
                "there is neither `{}` nor `{}` in the current folder",
                names[0], names[1]
            ),
        )
    })
}
