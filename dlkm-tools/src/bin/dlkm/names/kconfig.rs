//! `kconfig`: saved configurations, as on HP-UX 11i v3.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgGroup;
use dlkm_config::{By, ModuleStatus, Saved};

use super::fields::{Fields, Object};
use super::own::{BackupArgs, Own};
use crate::change::How;
use crate::failure::Failure;
use crate::held;
use crate::message::Message;
use crate::place::Place;
use crate::saved;
use crate::table::Table;
use crate::tunables::statuses;
use crate::view::View;
use crate::{change, report, show, tune};

/// Manage configurations.
#[derive(Debug, clap::Parser)]
#[command(
    name = "kconfig",
    version,
    disable_help_flag = true,
    disable_version_flag = true
)]
#[command(after_help = "\
Exit codes:
  0  done; with -D, nothing is held
  1  the changes wait for the next boot; with -D, some do
  2  an error; nothing is changed")]
#[command(group = ArgGroup::new("form").args([
    "differences", "set", "copy", "delete", "export", "discard", "import", "load", "next", "rename",
    "save", "title",
]))]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    #[command(flatten)]
    backup: BackupArgs,

    /// List modules and tunables too
    #[arg(short, conflicts_with = "form")]
    all: bool,

    /// Print a block for each configuration
    #[arg(short, conflicts_with = "form")]
    verbose: bool,

    /// Print these fields, for programs
    #[arg(short = 'P', value_name = "FIELDS", conflicts_with_all = ["form", "verbose", "all"])]
    fields: Option<String>,

    /// Show what is held for the next boot; the exit code is 1 if there is something
    #[arg(short = 'D')]
    differences: bool,

    /// Show what is set in the running configuration
    #[arg(short = 'S')]
    set: bool,

    /// Copy a saved configuration: `-c src dest`
    #[arg(short)]
    copy: bool,

    /// Delete a saved configuration
    #[arg(short)]
    delete: bool,

    /// Export a configuration as a system file: `-e [config] file`
    #[arg(short)]
    export: bool,

    /// Discard all held changes
    #[arg(short = 'H')]
    discard: bool,

    /// Import a system file: `-i [config] file`
    #[arg(short)]
    import: bool,

    /// Make the running system match a saved configuration
    #[arg(short)]
    load: bool,

    /// Mark a saved configuration for the next boot
    #[arg(short)]
    next: bool,

    /// Rename a saved configuration: `-r old new`
    #[arg(short)]
    rename: bool,

    /// Save the running configuration
    #[arg(short)]
    save: bool,

    /// Set a title: `-t config title`
    #[arg(short)]
    title: bool,

    /// Don't ask before losing data
    #[arg(short)]
    force: bool,

    /// Hold all changes until the next boot
    #[arg(short = 'h')]
    hold: bool,

    /// Refuse other versions than the installed ones
    #[arg(short = 'V')]
    versions: bool,

    /// Comment for the log
    #[arg(
        short = 'C',
        value_name = "COMMENT",
        default_value = "",
        hide_default_value = true
    )]
    comment: String,

    /// Configurations, and files or titles
    words: Vec<String>,
}

const FIELDS: [&str; 3] = ["name", "title", "timestamp"];

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    for (given, option) in [(options.hold, "-h"), (options.versions, "-V")] {
        if given && !options.import {
            return Err(wrong(&format!("-i {option} [config] file")));
        }
    }
    let place = Place::find(options.own.root.as_deref())?;
    let by = By::now(&options.comment);
    let how = How {
        hold: options.hold || options.next,
        comment: options.comment.clone(),
        backup: options.backup.chosen(),
    };
    let words: Vec<&str> = options.words.iter().map(|word| &**word).collect();
    let force = options.force;
    if options.differences {
        none(&words)?;
        return Ok(held::print(&View::of(place)?, false));
    }
    if options.set {
        none(&words)?;
        return set(&View::of(place)?);
    }
    if options.discard {
        none(&words)?;
        return Ok(saved::discard(&place, &options.comment)?.print(false));
    }
    if options.copy {
        let [from, to] = two(&words, "-c src dest")?;
        // kconfig(1M), `-c`: "`dest` must not exist".
        saved::copy(&place, from, to, false, &by)?;
    } else if options.delete {
        change::lock(&place)?.delete(one(&words, "-d config")?, &by)?;
    } else if options.rename {
        let [old, new] = two(&words, "-r old new")?;
        saved::rename(&place, old, new, force, &by)?;
    } else if options.title {
        let [name, title] = two(&words, "-t config title")?;
        change::lock(&place)?.set_title(name, title, &by)?;
    } else if options.save {
        saved::save(&place, one(&words, "-s config")?, force, &by)?;
    } else if options.export {
        let (name, file) = with_file(&words, "-e [config] file")?;
        return saved::write(&saved::export(&place, name)?, &file);
    } else if options.import {
        let (name, file) = with_file(&words, "-i [config] file")?;
        let text = saved::read(&file)?;
        if let Some(name) = name {
            saved::save_text(&place, name, &text, force, &by)?;
        } else {
            let changed = saved::replace(&place, &text, options.versions, &how, force)?;
            return Ok(changed.print(false));
        }
    } else if options.load || options.next {
        let name = one(&words, "-l config")?;
        let changed = saved::load(&place, name, &how, force)?;
        return Ok(changed.print(false));
    } else {
        return list(options, place);
    }
    Ok(ExitCode::SUCCESS)
}

/// What is set: `-S`.
fn set(view: &View) -> Result<ExitCode, Failure> {
    let mut text = String::new();
    for one in view.statuses().iter().filter(|one| one.is_chosen()) {
        text += &format!("module {} {}\n", one.module.name, one.next.state);
    }
    let tunables = statuses(view);
    for one in tunables.iter().filter(|one| one.next.setting.is_some()) {
        text += &format!("tunable {} {}\n", one.next.name, one.next.text());
    }
    Ok(report::print(&text, 0))
}

fn list(options: &Args, place: Place) -> Result<ExitCode, Failure> {
    let mut saved = place.root.saved()?;
    if !options.words.is_empty() {
        for name in &options.words {
            // The error for an unknown one.
            place.root.saved_text(name)?;
        }
        saved.retain(|one| options.words.contains(&one.name));
    }
    if let Some(list) = &options.fields {
        let fields = Fields::of(list, &FIELDS)?;
        let objects: Vec<Object> = saved.iter().map(object).collect();
        return Ok(fields.print(&objects, 0));
    }
    if !options.verbose && !options.all {
        let mut table = Table::new(&["Configuration", "Title"]);
        for one in saved {
            table.plain(vec![one.name, one.title]);
        }
        return Ok(report::print(&table.aligned(), 0));
    }
    let mut blocks = Vec::new();
    for one in saved {
        let fields = [
            ("title", one.title.clone()),
            ("saved", one.timestamp.clone()),
        ];
        blocks.push(show::block(&format!("configuration {}", one.name), &fields));
        if options.all {
            let view = View::saved(Some(place.root.path()), &one.name)?;
            let modules: Vec<ModuleStatus<'_>> = view.statuses();
            blocks.extend(modules.iter().map(show::module));
            blocks.extend(statuses(&view).iter().map(tune::block));
        }
    }
    Ok(report::print(&blocks.join("\n"), 0))
}

fn object(one: &Saved) -> Object {
    let all = [
        ("name", one.name.clone()),
        ("title", one.title.clone()),
        ("timestamp", one.timestamp.clone()),
    ];
    all.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn wrong(form: &str) -> Failure {
    Failure::of(Message::Form, format_args!("the form is `kconfig {form}`"))
}

fn none(words: &[&str]) -> Result<(), Failure> {
    match words {
        [] => Ok(()),
        [word, ..] => Err(Failure::of(
            Message::Form,
            format_args!("`{word}` is too much here"),
        )),
    }
}

fn one<'a>(words: &[&'a str], form: &str) -> Result<&'a str, Failure> {
    match words {
        [word] => Ok(word),
        _ => Err(wrong(form)),
    }
}

fn two<'a>(words: &[&'a str], form: &str) -> Result<[&'a str; 2], Failure> {
    match words {
        [one, two] => Ok([one, two]),
        _ => Err(wrong(form)),
    }
}

fn with_file<'a>(words: &[&'a str], form: &str) -> Result<(Option<&'a str>, PathBuf), Failure> {
    match words {
        [file] => Ok((None, file.into())),
        [name, file] => Ok((Some(name), file.into())),
        _ => Err(wrong(form)),
    }
}
