//! `dlkm list`: the modules of a root, and how they stand.

use std::process::ExitCode;

use clap::builder::styling::Style;
use dlkm_config::ModuleStatus;
use dlkm_system::{Cause, State};
use dlkm_tools::terminal::{GOOD, WARNING};
use serde_json::{Value, json};

use crate::common::Common;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::report;
use crate::table::Table;
use crate::view::View;

/// List the modules of a module root, and how they stand.
///
/// The state is the one in a running kernel of the root. If it will be another one at the next boot,
/// the list says so. Without a running kernel, it is the state at the next boot.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  the list is printed
  2  the module root can't be read, or the command line is wrong")]
pub(crate) struct ListArgs {
    #[command(flatten)]
    common: Common,

    /// Only modules whose state at the next boot differs from the present one
    #[arg(short = 'D', long)]
    differing: bool,

    /// Only modules whose state an administrator chose
    #[arg(short = 'S', long, conflicts_with = "differing")]
    chosen: bool,
}

pub(crate) fn run(options: &ListArgs) -> Result<ExitCode, Failure> {
    let view = View::find(options.common.root.as_deref())?;
    let all = view.statuses().into_iter();
    let wanted: Vec<_> = all
        .filter(|one| !options.differing || one.differs())
        .filter(|one| !options.chosen || one.is_chosen())
        .collect();
    if options.common.json {
        let modules: Vec<_> = wanted.iter().map(module).collect();
        let damaged = view.inventory.damaged().iter();
        let damaged: Vec<_> = damaged.map(ToString::to_string).collect();
        let value = json!({
            "root": view.root.path(),
            "modules": modules,
            "unusable": damaged,
        });
        return Ok(report::print_json(&value, 0));
    }
    let mut table = Table::new(&["Module", "Version", "State", "Cause", "Next boot", "About"]);
    for one in &wanted {
        let differs = one.differs();
        let next = match differs {
            true => one.next.state.to_string(),
            false => String::new(),
        };
        table.styled(vec![
            (one.module.name.clone(), Style::new()),
            (one.module.version.clone(), Style::new()),
            (one.now.state.to_string(), state_style(one.now.state)),
            (cause(one.now.cause).to_owned(), Style::new()),
            (next, WARNING),
            (one.module.desc.clone(), Style::new()),
        ]);
    }
    let nothing = match options.differing || options.chosen {
        true => "no such module is installed",
        false => "no module is installed; `dlkm install FILE` installs one",
    };
    let code = report::print_or(&table.text(), nothing, 0);
    for image in view.inventory.damaged() {
        message::warning(Message::Image, image);
    }
    Ok(code)
}

fn state_style(state: State) -> Style {
    match state {
        State::Static | State::Loaded => GOOD,
        _ => Style::new(),
    }
}

pub(crate) fn cause(cause: Option<Cause>) -> &'static str {
    cause.map_or("", Cause::as_str)
}

/// A module as JSON.
pub(crate) fn module(one: &ModuleStatus<'_>) -> Value {
    let capable = one.module.capable();
    let capable: Vec<_> = capable.iter().map(|state| state.as_str()).collect();
    json!({
        "name": one.module.name,
        "version": one.module.version,
        "desc": one.module.desc,
        "state": one.now.state.as_str(),
        "cause": one.now.cause.map(Cause::as_str),
        "next_state": one.next.state.as_str(),
        "next_cause": one.next.cause.map(Cause::as_str),
        "waits": one.differs(),
        "capable": capable,
        "required": one.module.required,
        "linked": one.module.linked,
    })
}
