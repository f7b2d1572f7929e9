//! `dlkm config`: saved configurations.

use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use dlkm_config::{By, Inventory, Plan, PlanOptions, Saved};
use serde_json::json;

use crate::change::{self, Changed, How};
use crate::common::{Changing, Common};
use crate::failure::Failure;
use crate::held;
use crate::place::Place;
use crate::report;
use crate::table::Table;
use crate::view::View;

/// Save, load and compare whole configurations.
///
/// A saved configuration is a system file of its own, with a name and a title. Before each change, the
/// configuration is kept as `backup`; `dlkm config load backup` undoes the last change.
#[derive(Debug, clap::Args)]
#[command(disable_help_subcommand = true)]
#[command(after_help = "\
Exit codes:
  0  done
  1  the changes wait for the next boot, or there are some
  2  refused, and nothing is changed; or the command line is wrong")]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    command: ConfigCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigCommand {
    /// List the saved configurations
    List {
        #[command(flatten)]
        common: Common,
    },
    /// Print a configuration as a system file
    Show {
        #[command(flatten)]
        common: Common,
        /// Saved configuration [default: that of the next boot]
        name: Option<String>,
    },
    /// Save the configuration of the next boot under a name
    Save {
        #[command(flatten)]
        edit: Edit,
        /// Name: a letter, then letters, digits and `_`
        name: String,
    },
    /// Use a saved configuration: now, or at the next boot if a change must wait
    #[command(disable_help_flag = true)]
    Load {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        changing: Changing,
        /// Don't ask before losing a configuration
        #[arg(short, long)]
        force: bool,
        /// Saved configuration
        name: String,
    },
    /// Use a saved configuration from the next boot on
    Next {
        #[command(flatten)]
        edit: Edit,
        /// Saved configuration
        name: String,
    },
    /// Copy a saved configuration
    Copy {
        #[command(flatten)]
        edit: Edit,
        /// Saved configuration
        from: String,
        /// Name of the copy
        to: String,
    },
    /// Give a saved configuration another name
    Rename {
        #[command(flatten)]
        edit: Edit,
        /// Saved configuration
        old: String,
        /// Its new name
        new: String,
    },
    /// Delete a saved configuration
    Delete {
        #[command(flatten)]
        edit: Edit,
        /// Saved configuration
        name: String,
    },
    /// Set the title of a saved configuration
    Title {
        #[command(flatten)]
        edit: Edit,
        /// Saved configuration
        name: String,
        /// Title
        title: String,
    },
    /// Write a configuration into a file
    Export {
        #[command(flatten)]
        common: Common,
        /// Saved configuration [default: that of the next boot]
        #[arg(long, short)]
        config: Option<String>,
        /// File; `-` is stdout
        file: PathBuf,
    },
    /// Use the system file of another root, or save it under a name
    #[command(disable_help_flag = true)]
    Import {
        #[command(flatten)]
        common: Common,
        #[command(flatten)]
        changing: Changing,
        /// Don't ask before losing a configuration
        #[arg(short, long)]
        force: bool,
        /// Refuse a file that names other versions than the installed ones
        #[arg(short = 'V', long)]
        versions: bool,
        /// Save it under this name instead
        #[arg(long, short)]
        config: Option<String>,
        /// System file
        file: PathBuf,
    },
    /// Show what waits for the next boot
    Held {
        #[command(flatten)]
        common: Common,
    },
    /// Take back what waits for the next boot
    Discard {
        #[command(flatten)]
        edit: Edit,
    },
}

/// The options of what changes saved configurations.
#[derive(Debug, clap::Args)]
struct Edit {
    #[command(flatten)]
    common: Common,

    /// Comment for the log
    #[arg(short = 'C', long, value_name = "TEXT", default_value = "")]
    comment: String,

    /// Don't ask before losing a configuration
    #[arg(short, long)]
    force: bool,
}

impl Edit {
    fn place(&self) -> Result<Place, Failure> {
        Place::find(self.common.root.as_deref())
    }

    fn by(&self) -> By {
        By::now(&self.comment)
    }

    /// Prints what was done.
    fn done(&self, text: &str) -> ExitCode {
        match self.common.json {
            true => report::print_json(&json!({ "done": text }), 0),
            false => report::print(&format!("{text}\n"), 0),
        }
    }
}

pub(crate) fn run(options: &ConfigArgs) -> Result<ExitCode, Failure> {
    match &options.command {
        ConfigCommand::List { common } => list(common),
        ConfigCommand::Show { common, name } => {
            let place = Place::find(common.root.as_deref())?;
            let text = export(&place, name.as_deref())?;
            let text = String::from_utf8_lossy(&text).into_owned();
            Ok(match common.json {
                true => {
                    report::print_json(&json!({ "lines": text.lines().collect::<Vec<_>>() }), 0)
                }
                false => report::print(&text, 0),
            })
        }
        ConfigCommand::Save { edit, name } => {
            save(&edit.place()?, name, edit.force, &edit.by())?;
            Ok(edit.done(&format!("saved {name}")))
        }
        ConfigCommand::Load {
            common,
            changing,
            force,
            name,
        } => {
            let place = Place::find(common.root.as_deref())?;
            Ok(load(&place, name, &changing.into(), *force)?.print(common.json))
        }
        ConfigCommand::Next { edit, name } => {
            let how = How {
                hold: true,
                comment: edit.comment.clone(),
                ..How::default()
            };
            let changed = load(&edit.place()?, name, &how, edit.force)?;
            Ok(changed.print(edit.common.json))
        }
        ConfigCommand::Copy { edit, from, to } => {
            copy(&edit.place()?, from, to, edit.force, &edit.by())?;
            Ok(edit.done(&format!("copied {from} to {to}")))
        }
        ConfigCommand::Rename { edit, old, new } => {
            rename(&edit.place()?, old, new, edit.force, &edit.by())?;
            Ok(edit.done(&format!("renamed {old} to {new}")))
        }
        ConfigCommand::Delete { edit, name } => {
            change::lock(&edit.place()?)?.delete(name, &edit.by())?;
            Ok(edit.done(&format!("deleted {name}")))
        }
        ConfigCommand::Title { edit, name, title } => {
            change::lock(&edit.place()?)?.set_title(name, title, &edit.by())?;
            Ok(edit.done(&format!("{name} has the title {title}")))
        }
        ConfigCommand::Export {
            common,
            config,
            file,
        } => {
            let place = Place::find(common.root.as_deref())?;
            write(&export(&place, config.as_deref())?, file)
        }
        ConfigCommand::Import {
            common,
            changing,
            force,
            versions,
            config,
            file,
        } => {
            let place = Place::find(common.root.as_deref())?;
            let text = read(file)?;
            match config {
                Some(name) => {
                    let by = By::now(&changing.comment);
                    save_text(&place, name, &text, *force, &by)?;
                    Ok(report::print(&format!("saved {name}\n"), 0))
                }
                None => {
                    let changed = replace(&place, &text, *versions, &changing.into(), *force)?;
                    Ok(changed.print(common.json))
                }
            }
        }
        ConfigCommand::Held { common } => Ok(held::print(
            &View::find(common.root.as_deref())?,
            common.json,
        )),
        ConfigCommand::Discard { edit } => {
            Ok(discard(&edit.place()?, &edit.comment)?.print(edit.common.json))
        }
    }
}

fn list(common: &Common) -> Result<ExitCode, Failure> {
    let place = Place::find(common.root.as_deref())?;
    let saved = place.root.saved()?;
    if common.json {
        let all: Vec<_> = saved.iter().map(entry).collect();
        return Ok(report::print_json(&json!({ "saved": all }), 0));
    }
    let mut table = Table::new(&["Configuration", "Saved", "Title"]);
    for one in saved {
        table.row([one.name, one.timestamp, one.title]);
    }
    Ok(report::print(&table.text(), 0))
}

fn entry(one: &Saved) -> serde_json::Value {
    json!({"name": one.name, "timestamp": one.timestamp, "title": one.title})
}

/// The text of a configuration: `-e` of kconfig(1M).
pub(crate) fn export(place: &Place, name: Option<&str>) -> Result<Vec<u8>, Failure> {
    Ok(match name {
        Some(name) => place.root.saved_text(name)?,
        None => place.root.export(&Inventory::read(&place.root)?)?,
    })
}

pub(crate) fn write(text: &[u8], file: &Path) -> Result<ExitCode, Failure> {
    if file == Path::new("-") {
        return Ok(report::print(&String::from_utf8_lossy(text), 0));
    }
    std::fs::write(file, text).map_err(|error| {
        Failure::new(format_args!("{} can't be written: {error}", file.display()))
    })?;
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file)
        .map_err(|error| Failure::new(format_args!("{} can't be read: {error}", file.display())))
}

pub(crate) fn save(place: &Place, name: &str, force: bool, by: &By) -> Result<(), Failure> {
    let text = export(place, None)?;
    save_text(place, name, &text, force, by)
}

pub(crate) fn save_text(
    place: &Place,
    name: &str,
    text: &[u8],
    force: bool,
    by: &By,
) -> Result<(), Failure> {
    let force = may_replace(place, name, force)?;
    Ok(change::lock(place)?.save(name, text, force, by)?)
}

pub(crate) fn copy(
    place: &Place,
    from: &str,
    to: &str,
    force: bool,
    by: &By,
) -> Result<(), Failure> {
    Ok(change::lock(place)?.copy(from, to, force, by)?)
}

pub(crate) fn rename(
    place: &Place,
    old: &str,
    new: &str,
    force: bool,
    by: &By,
) -> Result<(), Failure> {
    let force = may_replace(place, new, force)?;
    Ok(change::lock(place)?.rename(old, new, force, by)?)
}

/// kconfig(1M), `-l`: makes the running system match a saved configuration; `-n`: at the next boot.
pub(crate) fn load(place: &Place, name: &str, how: &How, force: bool) -> Result<Changed, Failure> {
    let text = place.root.saved_text(name)?;
    replace(place, &text, false, how, force)
}

/// kconfig(1M), `-i`: applies a system file. "`-V`: strict versions, else import tolerates other
/// module versions".
pub(crate) fn replace(
    place: &Place,
    new: &[u8],
    strict: bool,
    how: &How,
    force: bool,
) -> Result<Changed, Failure> {
    if how.backup == Some(dlkm_config::Backup::No) && !is_saved(place)? {
        may_lose(
            "the present configuration is not saved, and no backup is made",
            force,
        )?;
    }
    change::system(place, how, |text, inventory| {
        let options = PlanOptions::default().hold(how.hold);
        Ok(Plan::replace(text, new, inventory, strict, options)?)
    })
}

/// kconfig(1M), `-H`: discards all held changes.
pub(crate) fn discard(place: &Place, comment: &str) -> Result<Changed, Failure> {
    let (_, views) = crate::view::inventory(&place.root, place.kernels.clone())?;
    let Some(first) = views.first() else {
        return Err(Failure::new(format_args!(
            "no kernel runs on {}, so nothing is held; to undo the last change, use `dlkm config \
             load backup`",
            place.root.path().display()
        )));
    };
    let text = |one: &crate::view::KernelView| {
        let file = one.following.system.as_ref();
        file.map(ToString::to_string)
    };
    if let Some(other) = views.iter().find(|one| text(one) != text(first)) {
        return Err(Failure::new(format_args!(
            "the processes {} and {} follow different configurations; load a saved one instead",
            first.pid(),
            other.pid()
        )));
    }
    let how = How {
        comment: comment.to_owned(),
        ..How::default()
    };
    change::system(place, &how, |text, inventory| {
        Ok(Plan::discard(
            text,
            first.following.system.as_ref(),
            inventory,
        )?)
    })
}

/// Whether some saved configuration says the same as the system file.
fn is_saved(place: &Place) -> Result<bool, Failure> {
    let own = place.root.system()?.unwrap_or_default().to_string();
    for saved in place.root.saved()? {
        let text = place.root.saved_text(&saved.name)?;
        if dlkm_system::SystemFile::parse(&text).is_ok_and(|one| one.to_string() == own) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a saved configuration of that name may be replaced.
fn may_replace(place: &Place, name: &str, force: bool) -> Result<bool, Failure> {
    if !force && place.root.saved()?.iter().any(|one| one.name == name) {
        may_lose(&format!("a saved configuration `{name}` exists"), force)?;
        return Ok(true);
    }
    Ok(force)
}

/// kconfig(1M), `-f`: "don't ask before losing data; without it: asks if interactive, else stops with
/// an error".
fn may_lose(why: &str, force: bool) -> Result<(), Failure> {
    if force {
        return Ok(());
    }
    let stop = || Err(Failure::new(format_args!("{why}; use -f to lose it")));
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return stop();
    }
    let mut out = std::io::stderr();
    write!(out, "{why}; lose it? [y/N] ")?;
    out.flush()?;
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    match line.trim() {
        "y" | "Y" | "yes" => Ok(()),
        _ => stop(),
    }
}
