//! `kmtune`: tunables, as on HP-UX 11.0 to 11i v1.6.

use std::process::ExitCode;

use dlkm_config::{Argument, Change, Plan, PlanOptions, To, TunableStatus};

use super::given::Given;
use super::own::Own;
use crate::change;
use crate::failure::Failure;
use crate::message::Message;
use crate::place::Place;
use crate::table::Table;
use crate::tunables::{statuses, wanted};
use crate::view::View;
use crate::{report, show};

/// Show or plan tunables.
///
/// Changes are those of the next boot; with -u, running kernels follow at once if all are dynamic.
#[derive(Debug, clap::Parser)]
#[command(name = "kmtune", version, disable_help_flag = true)]
#[command(after_help = super::own::EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    #[command(flatten)]
    given: Given,

    /// Print a block for each tunable
    #[arg(short, conflicts_with_all = ["set", "reset", "update"])]
    long: bool,

    /// Only tunables whose planned value differs from the present one
    #[arg(short, conflicts_with_all = ["set", "reset", "update"])]
    differing: bool,

    /// Show this tunable; can be repeated
    #[arg(short, value_name = "NAME", conflicts_with_all = ["set", "reset", "update"])]
    query: Vec<String>,

    /// Set a value, or add to it; can be repeated
    #[arg(short, value_name = "NAME=|+VALUE")]
    set: Vec<String>,

    /// Set the default; can be repeated
    #[arg(short, value_name = "NAME")]
    reset: Vec<String>,

    /// Comment for the log
    #[arg(
        short = 'c',
        value_name = "COMMENT",
        default_value = "",
        hide_default_value = true
    )]
    comment: String,

    /// Let running kernels follow
    #[arg(short)]
    update: bool,
}

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let place = Place::find(options.own.root.as_deref())?;
    if options.set.is_empty() && options.reset.is_empty() && !options.update {
        return show(options, place);
    }
    let set = options.set.iter().map(|text| {
        let error = || {
            Failure::of(
                Message::Form,
                format_args!("`{text}` is neither NAME=VALUE nor NAME+VALUE"),
            )
        };
        let at = text
            .find(['=', '+'])
            .filter(|at| *at > 0)
            .ok_or_else(error)?;
        let whole = match text[at..].starts_with('+') && !text[at..].starts_with("+=") {
            true => format!("{}+={}", &text[..at], &text[at + 1..]),
            false => text.clone(),
        };
        match Argument::tunable(&whole)? {
            Argument::Change(change) => Ok(change),
            Argument::Query(_) => Err(error()),
        }
    });
    let reset = options.reset.iter().map(|name| {
        Ok(Change::Tunable {
            name: name.clone(),
            to: To::Default,
        })
    });
    let mut changes = set.chain(reset).collect::<Result<Vec<_>, Failure>>()?;
    let mut changed = options.given.change(&place, &changes, &options.comment)?;
    if options.update {
        // The file has them. What of it the kernels can have now, they get.
        planned(&options.given.view(place.clone())?, &mut changes);
        let set = changed.planned;
        changed = change::follow(&place, |text, inventory| {
            Ok(Plan::new(
                text,
                inventory,
                &changes,
                PlanOptions::default(),
            )?)
        })?;
        if !set.is_empty() {
            changed.planned = set;
        }
    }
    match !place.kernels.is_empty() {
        true => Ok(report::print(&changed.text(), changed.code())),
        false => Ok(ExitCode::SUCCESS),
    }
}

/// Adds what is planned already, "where dynamic".
fn planned(view: &View, changes: &mut Vec<Change>) {
    let named = |name: &str, changes: &[Change]| {
        changes
            .iter()
            .any(|one| matches!(one, Change::Tunable { name: other, .. } if other == name))
    };
    for one in statuses(view) {
        let dynamic = one.info().is_some_and(|info| info.is_dynamic());
        if one.differs() && dynamic && !named(&one.next.name, changes) {
            let to = match &one.next.setting {
                Some(line) => To::Value(line.value.to_string()),
                None => To::Default,
            };
            let name = one.next.name.clone();
            changes.push(Change::Tunable { name, to });
        }
    }
}

fn show(options: &Args, place: Place) -> Result<ExitCode, Failure> {
    let view = options.given.view(place)?;
    let all = statuses(&view);
    let wanted = wanted(&view, &all, &options.query)?;
    // kmtune(1M), `-d`: "planned ≠ current (formulas don't count)".
    let differs = |one: &&&TunableStatus<'_>| !options.differing || one.differs();
    let wanted: Vec<_> = wanted.iter().filter(differs).collect();
    let module = |one: &TunableStatus<'_>| {
        let (name, _) = one.next.info?;
        let module = view.inventory.module(name)?;
        Some((name.to_owned(), module.version.clone()))
    };
    let planned = |one: &TunableStatus<'_>| match &one.next.setting {
        Some(_) => one.next.text(),
        None => show::value(&one.next),
    };
    if options.long {
        let blocks = wanted.iter().map(|one| {
            let info = one.info();
            let (module, version) = module(one).unwrap_or_default();
            let fields = [
                ("Parameter", one.next.name.clone()),
                ("Current", show::value(&one.now)),
                ("Planned", planned(one)),
                ("Default", info.map_or("", |info| info.default()).to_owned()),
                (
                    "Minimum",
                    info.and_then(|info| info.min()).unwrap_or("-").to_owned(),
                ),
                ("Module", module),
                ("Version", version),
                ("Dynamic", dynamic(one, "Yes", "No")),
            ];
            let lines = fields
                .iter()
                .map(|(name, value)| format!("{name}:\t{value}\n"));
            lines.collect::<String>()
        });
        return Ok(report::print(&blocks.collect::<Vec<_>>().join("\n"), 0));
    }
    let mut table = Table::new(&[
        "Parameter",
        "Current",
        "Dyn",
        "Planned",
        "Module",
        "Version",
    ]);
    for one in wanted {
        let (module, version) = module(one).unwrap_or_default();
        table.plain(vec![
            one.next.name.clone(),
            show::value(&one.now),
            dynamic(one, "Y", "-"),
            planned(one),
            module,
            version,
        ]);
    }
    Ok(report::print(&table.aligned(), 0))
}

fn dynamic(one: &TunableStatus<'_>, yes: &str, no: &str) -> String {
    let dynamic = one.info().is_some_and(|info| info.is_dynamic());
    if dynamic { yes } else { no }.to_owned()
}
