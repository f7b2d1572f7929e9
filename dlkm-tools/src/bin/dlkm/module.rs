//! `dlkm module`: shows and chooses the states of modules.

use std::process::ExitCode;

use dlkm_config::{Argument, Change, ModuleChange, Plan, PlanOptions};
use dlkm_metadata::Phase;
use dlkm_system::{Idle, SystemFile};
use serde_json::json;

use crate::change;
use crate::common::{Changing, Common};
use crate::failure::Failure;
use crate::list;
use crate::place::Place;
use crate::report;
use crate::show;
use crate::view::View;

/// Choose the states of modules, or show them.
///
/// NAME=STATE chooses `unused`, `static`, `loaded` or `auto`. NAME= and NAME=best leave the state to the
/// module's author. NAME alone shows the module.
///
/// Running kernels follow at once. If one change of the command line must wait for the next boot,
/// all wait. A module that is put into use brings in what it needs.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
#[command(after_help = "\
Exit codes:
  0  done
  1  the changes wait for the next boot
  2  a change is refused, and none is made; or the command line is wrong

Examples:
  dlkm module gzip=auto brotli=unused
  dlkm module shm= -C 'as its author likes it'
  dlkm module ramdisk=loaded --phase boot2")]
pub(crate) struct ModuleArgs {
    #[command(flatten)]
    common: Common,

    #[command(flatten)]
    changing: Changing,

    /// Change or show this saved configuration
    #[arg(short, long, value_name = "NAME", conflicts_with_all = ["backup", "hold"])]
    config: Option<String>,

    /// Phase in which the modules are loaded; `best` leaves it to their authors
    #[arg(long, value_name = "PHASE", value_parser = phase)]
    phase: Option<Choice<Phase>>,

    /// Time without a call after which the modules are unloaded, as `30s`; `never` keeps them, `best`
    /// leaves it to their authors
    #[arg(long, value_name = "TIME", value_parser = idle)]
    idle: Option<Choice<Idle>>,

    /// Version that the modules must have; `any` for any
    #[arg(long = "at", value_name = "VERSION")]
    version: Option<String>,

    /// Modules: NAME, NAME= or NAME=STATE
    #[arg(required = true, value_name = "NAME[=STATE]")]
    arguments: Vec<String>,
}

/// A value, or the author's choice.
#[derive(Debug, Clone)]
struct Choice<T>(Option<T>);

fn phase(word: &str) -> Result<Choice<Phase>, &'static str> {
    match word {
        "best" => Ok(Choice(None)),
        word => {
            let phase = Phase::of(word).ok_or("the phases are boot1, boot2, init and auto")?;
            Ok(Choice(Some(phase)))
        }
    }
}

/// As a line of the system file has it.
fn idle(word: &str) -> Result<Choice<Idle>, String> {
    if word == "best" {
        return Ok(Choice(None));
    }
    let text = format!("version 1\nmodule x best idle {word}\n");
    let file = SystemFile::parse(text.as_bytes()).map_err(|error| error.problem.to_string())?;
    Ok(Choice(file.modules().first().and_then(|line| line.idle)))
}

pub(crate) fn run(options: &ModuleArgs) -> Result<ExitCode, Failure> {
    let (changes, queries) = split(&options.arguments, Argument::module)?;
    let more = options.phase.is_some() || options.idle.is_some() || options.version.is_some();
    if changes.is_empty() && !more {
        return show(options, &queries);
    }
    let named = queries
        .iter()
        .map(|name| Change::Module(ModuleChange::new(name)));
    let mut changes: Vec<Change> = changes.into_iter().chain(named).collect();
    for change in &mut changes {
        if let Change::Module(change) = change {
            change.idle = options.idle.as_ref().map(|choice| choice.0);
            change.phase = options.phase.as_ref().map(|choice| choice.0);
            change.version = options
                .version
                .as_ref()
                .map(|version| match version.as_str() {
                    "any" => None,
                    version => Some(version.to_owned()),
                });
        }
    }
    let how = (&options.changing).into();
    let place = Place::find(options.common.root.as_deref())?;
    let plan = |text: Option<&[u8]>, inventory: &_| {
        let options = PlanOptions::default().hold(options.changing.hold);
        Ok(Plan::new(text, inventory, &changes, options)?)
    };
    let changed = match &options.config {
        Some(name) => change::saved(&place, name, &how, plan)?,
        None => change::system(&place, &how, plan)?,
    };
    Ok(changed.print(options.common.json))
}

fn show(options: &ModuleArgs, names: &[String]) -> Result<ExitCode, Failure> {
    let view = View::pick(options.common.root.as_deref(), options.config.as_deref())?;
    let modules = names.iter().map(|name| view.module(name));
    let modules = modules.collect::<Result<Vec<_>, _>>()?;
    let statuses: Vec<_> = modules.into_iter().map(|one| view.status_of(one)).collect();
    if options.common.json {
        let all: Vec<_> = statuses.iter().map(list::module).collect();
        return Ok(report::print_json(&json!({ "modules": all }), 0));
    }
    let blocks: Vec<_> = statuses.iter().map(show::module).collect();
    Ok(report::print(&blocks.join("\n"), 0))
}

/// Parses arguments. Reports each one that it does not understand.
pub(crate) fn split(
    arguments: &[String],
    parse: impl Fn(&str) -> Result<Argument, dlkm_config::ArgumentError>,
) -> Result<(Vec<Change>, Vec<String>), Failure> {
    let (mut changes, mut queries, mut wrong) = (Vec::new(), Vec::new(), false);
    for text in arguments {
        match parse(text) {
            Ok(Argument::Change(change)) => changes.push(change),
            Ok(Argument::Query(name)) => queries.push(name),
            Err(error) => {
                Failure::from(error).print();
                wrong = true;
            }
        }
    }
    match wrong {
        true => Err(Failure::Printed),
        false => Ok((changes, queries)),
    }
}
