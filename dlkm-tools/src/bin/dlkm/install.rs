//! `dlkm install`: copies images into the module root, and puts the modules into use.

use std::path::PathBuf;
use std::process::ExitCode;

use dlkm_config::{By, Change, Image, Inventory, ModuleChange, Placed, Plan, PlanOptions};
use dlkm_system::Choice;
use dlkm_tools::terminal::{self, GOOD};
use serde_json::json;

use crate::change::{self, How};
use crate::common::Common;
use crate::failure::Failure;
use crate::place::Place;
use crate::progress;
use crate::report;
use crate::view::inventory;

/// Install images in the module root, and put their modules into use.
///
/// Each image is copied as NAME.so, after the name of its module, and its SHA-256 digest is recorded.
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
    #[arg(short = 'C', long, value_name = "TEXT", default_value = "")]
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
                Failure::new(format_args!("{} can't be made: {error}", path.display()))
            })?;
            Place::find(Some(path))?
        }
        path => Place::find(path.as_deref())?,
    };
    let done = install(&place, &options.files, options.update, &options.comment)?;
    let code = done.changed.as_ref().map_or(0, change::Changed::code);
    if options.common.json {
        let modules = done.placed.iter().map(|(image, placed)| {
            json!({
                "name": image.name(),
                "version": image.version(),
                "file": image.file(),
                "done": word(*placed),
            })
        });
        let value = json!({
            "installed": modules.collect::<Vec<_>>(),
            "change": done.changed.as_ref().map(change::Changed::json),
        });
        return Ok(report::print_json(&value, code));
    }
    let mut text = String::new();
    for (image, placed) in &done.placed {
        text += &format!(
            "{GOOD}{}{GOOD:#} {} {}\n",
            word(*placed),
            image.name(),
            image.version()
        );
    }
    if let Some(changed) = &done.changed {
        text += &changed.text();
    }
    Ok(report::print(&text, code))
}

fn word(placed: Placed) -> &'static str {
    match placed {
        Placed::New => "installed",
        Placed::Replaced => "updated",
        _ => "unchanged",
    }
}

/// What was installed, and what that changed in the system file.
pub(crate) struct Done {
    pub(crate) placed: Vec<(Image, Placed)>,
    pub(crate) changed: Option<change::Changed>,
}

/// Installs images. Everything that can be wrong with them is found before the first is copied.
pub(crate) fn install(
    place: &Place,
    files: &[PathBuf],
    update: bool,
    comment: &str,
) -> Result<Done, Failure> {
    let mut images = Vec::new();
    let mut wrong = Vec::new();
    for file in files {
        match Image::read(file) {
            Ok(image) => images.push(image),
            Err(error) => wrong.push(error),
        }
    }
    for error in &wrong {
        terminal::error(error);
    }
    if !wrong.is_empty() {
        return Err(Failure::Printed);
    }
    let (before, _) = inventory(&place.root, place.kernels.clone())?;
    let system = place.root.system()?;
    let unnamed = images.iter().filter(|image| {
        let line = system.as_ref().map(|system| system.module(image.name()));
        line.is_some_and(|line| line.is_none())
    });
    let changes: Vec<Change> = unnamed.map(|image| best(image.name())).collect();
    for image in &images {
        let is_other = |one: &dlkm_config::Installed| one.version != image.version();
        if !update && before.module(image.name()).is_some_and(is_other) {
            let locked = change::lock(place)?;
            locked.install(image, false, &By::now(comment))?;
        }
    }
    let after = with(&before, &images);
    let text = place.root.system_text()?;
    if let Err(refusals) = Plan::new(text.as_deref(), &after, &changes, PlanOptions::default()) {
        return Err(refusals.into());
    }
    let mut placed = Vec::new();
    let bar = progress::bar(images.len(), "installing");
    {
        let locked = change::lock(place)?;
        for image in images {
            let done = locked.install(&image, update, &By::now(comment))?;
            placed.push((image, done));
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    let changed = match changes.is_empty() {
        true => None,
        false => {
            let how = How {
                comment: comment.to_owned(),
                ..How::default()
            };
            let plan = |text: Option<&[u8]>, inventory: &_| {
                Ok(Plan::new(text, inventory, &changes, PlanOptions::default())?)
            };
            Some(change::system(place, &how, plan)?)
        }
    };
    Ok(Done { placed, changed })
}

fn best(name: &str) -> Change {
    let mut change = ModuleChange::new(name);
    change.choice = Some(Choice::Best);
    Change::Module(change)
}

/// The modules with those of the images among them.
fn with(before: &Inventory, images: &[Image]) -> Inventory {
    let same = dlkm_system::same_name;
    let others = before.modules().iter();
    let others = others.filter(|one| !images.iter().any(|image| same(image.name(), &one.name)));
    let new = images.iter().map(Image::installed);
    Inventory::new(others.cloned().chain(new).collect())
}
