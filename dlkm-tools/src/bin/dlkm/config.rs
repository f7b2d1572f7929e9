//! `dlkm config`: saved configurations.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use dlkm_config::{By, Change, Plan, PlanOptions, Saved, Trust};
use dlkm_system::Verify;
use serde_json::json;

use crate::change::{self, How};
use crate::common::{Changing, Common};
use crate::failure::Failure;
use crate::held;
use crate::place::Place;
use crate::report;
use crate::saved;
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
    /// Choose whether a load compares an image with its record and signature, from the next boot on
    Verify {
        #[command(flatten)]
        edit: Edit,
        /// `off`, `warn` or `enforce`
        #[arg(value_parser = policy)]
        policy: Verify,
    },
    /// Trust a public key of minisign, or no longer
    Key {
        #[command(flatten)]
        edit: Edit,
        /// Don't trust it any more
        #[arg(long)]
        remove: bool,
        /// Public key, as minisign writes it
        key: String,
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
    #[arg(
        short = 'C',
        long,
        value_name = "TEXT",
        default_value = "",
        hide_default_value = true
    )]
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
        done(&self.common, text)
    }
}

fn done(common: &Common, text: &str) -> ExitCode {
    match common.json {
        true => report::print_json(&json!({ "done": text }), 0),
        false => report::print(&format!("{text}\n"), 0),
    }
}

/// A system file as JSON.
fn lines(text: &[u8]) -> ExitCode {
    let text = String::from_utf8_lossy(text);
    report::print_json(&json!({ "lines": text.lines().collect::<Vec<_>>() }), 0)
}

pub(crate) fn run(options: &ConfigArgs) -> Result<ExitCode, Failure> {
    match &options.command {
        ConfigCommand::List { common } => list(common),
        ConfigCommand::Show { common, name } => {
            let place = Place::find(common.root.as_deref())?;
            let text = saved::export(&place, name.as_deref())?;
            Ok(match common.json {
                true => lines(&text),
                false => report::print(&String::from_utf8_lossy(&text), 0),
            })
        }
        ConfigCommand::Save { edit, name } => {
            saved::save(&edit.place()?, name, edit.force, &edit.by())?;
            Ok(edit.done(&format!("saved {name}")))
        }
        ConfigCommand::Load {
            common,
            changing,
            force,
            name,
        } => {
            let place = Place::find(common.root.as_deref())?;
            Ok(saved::load(&place, name, &changing.into(), *force)?.print(common.json))
        }
        ConfigCommand::Next { edit, name } => {
            let how = How {
                hold: true,
                comment: edit.comment.clone(),
                ..How::default()
            };
            let changed = saved::load(&edit.place()?, name, &how, edit.force)?;
            Ok(changed.print(edit.common.json))
        }
        ConfigCommand::Copy { edit, from, to } => {
            saved::copy(&edit.place()?, from, to, edit.force, &edit.by())?;
            Ok(edit.done(&format!("copied {from} to {to}")))
        }
        ConfigCommand::Rename { edit, old, new } => {
            saved::rename(&edit.place()?, old, new, edit.force, &edit.by())?;
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
            let text = saved::export(&place, config.as_deref())?;
            if !common.json {
                return saved::write(&text, file);
            }
            if file == Path::new("-") {
                return Ok(lines(&text));
            }
            saved::write(&text, file)?;
            let done = format!("exported to {}", file.display());
            Ok(report::print_json(&json!({ "done": done }), 0))
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
            let text = saved::read(file)?;
            match config {
                Some(name) => {
                    let by = By::now(&changing.comment);
                    saved::save_text(&place, name, &text, *force, &by)?;
                    Ok(done(common, &format!("saved {name}")))
                }
                None => {
                    let changed =
                        saved::replace(&place, &text, *versions, &changing.into(), *force)?;
                    Ok(changed.print(common.json))
                }
            }
        }
        ConfigCommand::Verify { edit, policy } => trust(edit, Change::Verify(*policy)),
        ConfigCommand::Key { edit, remove, key } => trust(
            edit,
            match remove {
                true => Change::RemoveKey(key.clone()),
                false => {
                    Trust::new([&**key]).map_err(Failure::new)?;
                    Change::AddKey(key.clone())
                }
            },
        ),
        ConfigCommand::Held { common } => Ok(held::print(
            &View::find(common.root.as_deref())?,
            common.json,
        )),
        ConfigCommand::Discard { edit } => {
            Ok(saved::discard(&edit.place()?, &edit.comment)?.print(edit.common.json))
        }
    }
}

fn policy(word: &str) -> Result<Verify, &'static str> {
    let mut all = Verify::ALL.into_iter();
    all.find(|one| one.as_str() == word)
        .ok_or("the policies are off, warn and enforce")
}

/// Changes what the next boot trusts.
fn trust(edit: &Edit, change: Change) -> Result<ExitCode, Failure> {
    let how = How {
        comment: edit.comment.clone(),
        ..How::default()
    };
    let changed = change::system(&edit.place()?, &how, |text, inventory| {
        let changes = std::slice::from_ref(&change);
        Ok(Plan::new(text, inventory, changes, PlanOptions::default())?)
    })?;
    Ok(changed.print(edit.common.json))
}

fn list(common: &Common) -> Result<ExitCode, Failure> {
    let place = Place::find(common.root.as_deref())?;
    let all = place.root.saved()?;
    if common.json {
        let all: Vec<_> = all.iter().map(entry).collect();
        return Ok(report::print_json(&json!({ "saved": all }), 0));
    }
    let mut table = Table::new(&["Configuration", "Saved", "Title"]);
    for one in all {
        table.row([one.name, one.timestamp, one.title]);
    }
    Ok(report::print_or(
        &table.text(),
        "no configuration is saved; `dlkm config save NAME` saves one",
        0,
    ))
}

fn entry(one: &Saved) -> serde_json::Value {
    json!({"name": one.name, "timestamp": one.timestamp, "title": one.title})
}
