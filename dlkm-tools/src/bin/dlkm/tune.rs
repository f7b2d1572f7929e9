//! `dlkm tune`: shows and sets tunables.

use std::process::ExitCode;

use clap::builder::styling::Style;
use dlkm_config::{Argument, Plan, PlanOptions, TunableStatus};
use dlkm_tools::terminal::WARNING;
use serde_json::{Value, json};

use crate::change;
use crate::common::{Changing, Common};
use crate::failure::Failure;
use crate::module::split;
use crate::place::Place;
use crate::report;
use crate::show;
use crate::table::Table;
use crate::tunables::{statuses, wanted};
use crate::view::View;

/// Set tunables, or show them.
///
/// NAME=VALUE sets a value or an expression over other tunables; NAME+=N adds to the value; NAME>=N raises
/// it unless it is greater already; NAME= and NAME=default go back to the default. NAME alone shows it.
///
/// Running kernels follow at once, if all the tunables are dynamic. Otherwise all changes wait for the
/// next boot.
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
#[command(after_help = "\
Exit codes:
  0  done
  1  the changes wait for the next boot
  2  a change is refused, and none is made; or the command line is wrong

Examples:
  dlkm tune                                every tunable
  dlkm tune shm.segments=4096
  dlkm tune 'shm.pages>=64' 'shm.size=shm.pages*4096'")]
pub(crate) struct TuneArgs {
    #[command(flatten)]
    common: Common,

    #[command(flatten)]
    changing: Changing,

    /// Change or show this saved configuration
    #[arg(short, long, value_name = "NAME", conflicts_with_all = ["backup", "hold"])]
    config: Option<String>,

    /// Let a name that no module has become a tunable of your own, for use in expressions
    #[arg(short, long)]
    user: bool,

    /// Only tunables whose value at the next boot differs from the present one
    #[arg(short = 'D', long)]
    differing: bool,

    /// Only tunables that are set
    #[arg(short = 'S', long, conflicts_with = "differing")]
    set: bool,

    /// Tunables: NAME, NAME=VALUE, NAME+=N or NAME>=N
    #[arg(value_name = "NAME[=VALUE]")]
    arguments: Vec<String>,
}

pub(crate) fn run(options: &TuneArgs) -> Result<ExitCode, Failure> {
    let (changes, queries) = split(&options.arguments, Argument::tunable)?;
    if changes.is_empty() {
        return show(options, &queries);
    }
    let how = (&options.changing).into();
    let place = Place::find(options.common.root.as_deref())?;
    let plan = |text: Option<&[u8]>, inventory: &_| {
        let options = PlanOptions::default()
            .hold(options.changing.hold)
            .user_tunables(options.user);
        Ok(Plan::new(text, inventory, &changes, options)?)
    };
    let changed = match &options.config {
        Some(name) => change::saved(&place, name, &how, plan)?,
        None => change::system(&place, &how, plan)?,
    };
    Ok(changed.print(options.common.json))
}

fn show(options: &TuneArgs, names: &[String]) -> Result<ExitCode, Failure> {
    let view = View::pick(options.common.root.as_deref(), options.config.as_deref())?;
    let all = statuses(&view);
    let wanted: Vec<_> = wanted(&view, &all, names)?
        .into_iter()
        .filter(|one| !options.differing || one.differs())
        .filter(|one| !options.set || one.next.setting.is_some())
        .collect();
    if options.common.json {
        let all: Vec<_> = wanted.iter().map(|one| tunable(one)).collect();
        return Ok(report::print_json(&json!({ "tunables": all }), 0));
    }
    if !names.is_empty() {
        let blocks: Vec<_> = wanted.iter().map(|one| block(one)).collect();
        return Ok(report::print(&blocks.join("\n"), 0));
    }
    let mut table = Table::new(&["Tunable", "Value", "Set to", "Next boot", "About"]);
    for one in wanted {
        let next = match one.differs() {
            true => show::value(&one.next),
            false => String::new(),
        };
        let set = match one.next.setting {
            Some(_) => one.next.text(),
            None => "default".to_owned(),
        };
        table.styled(vec![
            (one.next.name.clone(), Style::new()),
            (show::value(&one.now), Style::new()),
            (set, Style::new()),
            (next, WARNING),
            (
                one.info().map_or("", |info| info.desc()).to_owned(),
                Style::new(),
            ),
        ]);
    }
    Ok(report::print_or(
        &table.text(),
        "there are no such tunables",
        0,
    ))
}

pub(crate) fn block(one: &TunableStatus<'_>) -> String {
    let info = one.info();
    let word = |yes: bool| if yes { "yes" } else { "no" }.to_owned();
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    show::block(
        &format!("tunable {}", one.next.name),
        &[
            ("about", text(info.map(|info| info.desc()))),
            (
                "type",
                info.map_or_else(|| "your own".to_owned(), |info| info.ty().to_string()),
            ),
            ("value", show::value(&one.now)),
            ("next boot", show::value(&one.next)),
            (
                "set to",
                one.next
                    .setting
                    .as_ref()
                    .map_or_else(String::new, |_| one.next.text()),
            ),
            ("default", text(info.map(|info| info.default()))),
            ("least", text(info.and_then(|info| info.min()))),
            ("greatest", text(info.and_then(|info| info.max()))),
            (
                "choices",
                info.map_or_else(String::new, |info| info.choices().join(" ")),
            ),
            (
                "dynamic",
                info.map_or_else(String::new, |info| word(info.is_dynamic())),
            ),
        ],
    )
}

fn tunable(one: &TunableStatus<'_>) -> Value {
    let info = one.info();
    let value = |one: &dlkm_config::Tunable<'_>| one.value.as_ref().ok().map(ToString::to_string);
    json!({
        "name": one.next.name,
        "module": one.next.info.map(|(module, _)| module),
        "desc": info.map(|info| info.desc()),
        "type": info.map(|info| info.ty().as_str()),
        "value": value(&one.now),
        "next_value": value(&one.next),
        "waits": one.differs(),
        "set_to": one.next.setting.as_ref().map(|_| one.next.text()),
        "default": info.map(|info| info.default()),
        "min": info.and_then(|info| info.min()),
        "max": info.and_then(|info| info.max()),
        "choices": info.map(|info| info.choices()).filter(|list| !list.is_empty()),
        "dynamic": info.map(|info| info.is_dynamic()),
        "problem": one.next.value.as_ref().err().map(ToString::to_string),
    })
}
