//! `config`: checks what the next boot is to use, as on HP-UX 11.0 to 11i v1.6.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgGroup;
use dlkm_config::{Change, ModuleChange, Plan, PlanOptions};

use super::kmupdate::{self, When};
use super::own::Own;
use crate::change::How;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::view::inventory;

/// Configure modules, or everything that a system file says.
///
/// On HP-UX it builds a kernel, or images of modules. Here, `cargo dlkm build` builds; `config` checks
/// that what was built fits together, and with -u lets running kernels use it.
#[derive(Debug, clap::Parser)]
#[command(name = "config", version, disable_help_flag = true)]
#[command(group = ArgGroup::new("form").required(true).args(["modules", "system_file"]))]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    /// Module; can be repeated
    #[arg(short = 'M', value_name = "MODULE")]
    modules: Vec<String>,

    /// Let running kernels use it: calls kmupdate
    #[arg(short)]
    update: bool,

    /// System file that counts from the next boot on
    system_file: Option<PathBuf>,
}

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let place = Place::find(options.own.root.as_deref())?;
    if let Some(file) = &options.system_file {
        let how = How {
            hold: !options.update,
            ..How::default()
        };
        let text = crate::saved::read(file)?;
        let changed = crate::saved::replace(&place, &text, false, &how, true)?;
        return Ok(changed.print(false));
    }
    let (inventory, _) = inventory(&place.root, place.kernels.clone())?;
    let text = place.root.system_text()?;
    // A change of nothing: what would be refused for a module is refused for it now.
    let changes = options.modules.iter();
    let changes: Vec<_> = changes
        .map(|name| Change::Module(ModuleChange::new(name)))
        .collect();
    Plan::new(
        text.as_deref(),
        &inventory,
        &changes,
        PlanOptions::default(),
    )?;
    if options.update {
        return kmupdate::update(&place, &options.modules, When::Either);
    }
    message::note(
        Message::Fits,
        "the modules fit; `kmupdate -M` lets running kernels use them",
    );
    Ok(ExitCode::SUCCESS)
}
