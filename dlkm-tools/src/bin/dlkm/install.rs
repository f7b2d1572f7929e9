//! `dlkm install`: copies images into the module root, and puts the modules into use.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dlkm_config::{
    By, Change, ImageInstalled, Images, Installed, Inventory, ModuleChange, Plan, PlanOptions,
};
use dlkm_metadata::Metadata;
use dlkm_system::Choice;
use dlkm_tools::terminal::GOOD;
use serde_json::json;

use crate::change;
use crate::common::Common;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::progress;
use crate::report;
use crate::view::inventory;

/// Install images in the module root, and put their modules into use.
///
/// Each image is copied as NAME.so, after the name of its module, and its SHA-256 digest is recorded.
/// The signature beside it, if there is one (`dlkm sign`), is copied as NAME.so.minisig.
/// If the root has a file `system` without a line for a module, the module becomes `best`. Otherwise
/// its line stays as it is, with its tunables.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  all are installed
  1  all are installed; the system file's change waits for the next boot
  2  a file is no image, another image of a module is installed and -u is missing, a module needs
     what is not installed, or the command line is wrong; nothing is installed")]
pub(crate) struct InstallArgs {
    #[command(flatten)]
    common: Common,

    /// Replace the images of modules that are installed already
    #[arg(short, long)]
    update: bool,

    /// Comment for the log
    #[arg(
        short = 'C',
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
    comment: String,

    /// Images of modules
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(crate) fn run(options: &InstallArgs) -> Result<ExitCode, Failure> {
    let place = match &options.common.root {
        // A root may begin with its first module.
        Some(path) if !path.exists() => {
            std::fs::create_dir_all(path).map_err(|error| {
                Failure::of(
                    Message::File,
                    format_args!("{} can't be made: {error}", path.display()),
                )
            })?;
            Place::find(Some(path))?
        }
        path => Place::find(path.as_deref())?,
    };
    let done = install(&place, &options.files, options.update, &options.comment)?;
    let code = done.changed.code();
    if options.common.json {
        let modules = done.modules.iter().map(|one| {
            json!({
                "name": one.module,
                "version": one.version,
                "former": one.former,
                "done": word(one),
            })
        });
        let value = json!({
            "installed": modules.collect::<Vec<_>>(),
            "waits": done.changed.waits.is_some(),
            "reasons": done.changed.waits.clone().unwrap_or_default(),
        });
        return Ok(report::print_json(&value, code));
    }
    let mut text = String::new();
    for one in &done.modules {
        text += &format!(
            "{GOOD}{}{GOOD:#} {} {}\n",
            word(one),
            one.module,
            one.version
        );
    }
    text += &done.changed.effects();
    Ok(report::print(&text, code))
}

fn word(one: &ImageInstalled) -> &'static str {
    match &one.former {
        _ if !one.changed => "unchanged",
        None => "installed",
        Some(_) => "updated",
    }
}

/// What was installed, and what kernels did.
pub(crate) struct Done {
    pub(crate) modules: Vec<ImageInstalled>,
    pub(crate) changed: change::Changed,
}

/// Installs images. Everything that can be wrong with them is found before the first is copied.
pub(crate) fn install(
    place: &Place,
    files: &[PathBuf],
    update: bool,
    comment: &str,
) -> Result<Done, Failure> {
    let (before, _) = inventory(&place.root, place.kernels.clone())?;
    let installed = place.root.images()?;
    let (mut images, mut names, mut wrong) = (Vec::new(), HashSet::new(), false);
    let progress = progress::bar(files.len(), "checking");
    for file in files {
        let metadata = Metadata::read(file);
        let metadata =
            metadata.map_err(|error| (Message::Image, format!("`{}`: {error}", file.display())));
        let told = |error: dlkm_config::Error| (Message::of_error(&error), error.to_string());
        let checked = metadata.and_then(|one| {
            let name = || one.name().to_owned();
            if !names.insert(one.name().replace('-', "_")) {
                return Err(told(dlkm_config::Error::ImageTwice(name())));
            }
            match update || is_new(&installed, file, one.name()) {
                true => Ok(one),
                false => Err(told(dlkm_config::Error::ImageExists(name()))),
            }
        });
        match checked {
            Ok(metadata) => images.push(Installed::of(&metadata)),
            Err((message, error)) => {
                progress.suspend(|| message::error(message, error));
                wrong = true;
            }
        }
        progress.step();
    }
    drop(progress);
    if wrong {
        return Err(Failure::Printed);
    }
    let system = place.root.system()?;
    let is_unnamed = |image: &&Installed| {
        let line = system.as_ref().map(|system| system.module(&image.name));
        line.is_some_and(|line| line.is_none())
    };
    let changes: Vec<_> = images.iter().filter(is_unnamed).map(best).collect();
    let text = place.root.system_text()?;
    let after = with(&before, images);
    Plan::new(text.as_deref(), &after, &changes, PlanOptions::default())?;
    let modules = {
        let locked = change::lock(place)?;
        let progress = progress::bar(files.len(), "copying");
        let files: Vec<&Path> = files.iter().map(PathBuf::as_path).collect();
        locked.install_all(&files, true, &By::now(comment), &mut || progress.step())?
    };
    let changed = match changes.is_empty() {
        true => change::Changed::default(),
        false => change::follow(place, |text, inventory| {
            Ok(Plan::new(
                text,
                inventory,
                &changes,
                PlanOptions::default(),
            )?)
        })?,
    };
    Ok(Done { modules, changed })
}

/// Whether no other image of the module is installed.
fn is_new(installed: &Images, file: &Path, name: &str) -> bool {
    let digest = |file: &Path| dlkm_config::Digest::of_file(file).ok();
    let there = installed.file(name);
    there.is_none_or(|there| digest(there) == digest(file))
}

fn best(module: &Installed) -> Change {
    let mut change = ModuleChange::new(&module.name);
    change.choice = Some(Choice::Best);
    Change::Module(change)
}

/// The modules with those of the images among them.
fn with(before: &Inventory, images: Vec<Installed>) -> Inventory {
    let new = Inventory::new(images);
    let others = before.modules().iter();
    let others: Vec<_> = others
        .filter(|one| new.module(&one.name).is_none())
        .cloned()
        .collect();
    Inventory::new(others.into_iter().chain(new.modules().to_vec()).collect())
}
