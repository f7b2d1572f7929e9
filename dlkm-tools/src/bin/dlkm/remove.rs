//! `dlkm remove`: takes modules out of the module root.

use std::process::ExitCode;

use dlkm_client::Request;
use dlkm_config::{By, Change, Inventory, NextState, Plan, PlanOptions};
use dlkm_system::{SystemFile, same_name};
use dlkm_tools::terminal::GOOD;
use serde_json::json;

use crate::change;
use crate::common::Common;
use crate::failure::Failure;
use crate::message::Message;
use crate::place::Place;
use crate::report;
use crate::view::{ask, inventory};

/// Remove modules from the module root: their images, their lines and their tunables.
///
/// Running kernels unload them first. If one is in use, or if another module needs it, nothing is
/// removed.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  all are removed
  2  a module is in use, needed or not installed, or the command line is wrong; nothing is removed")]
pub(crate) struct RemoveArgs {
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

    /// Modules
    #[arg(required = true)]
    names: Vec<String>,
}

pub(crate) fn run(options: &RemoveArgs) -> Result<ExitCode, Failure> {
    let place = Place::find(options.common.root.as_deref())?;
    remove(&place, &options.names, &options.comment)?;
    Ok(match options.common.json {
        true => report::print_json(&json!({ "removed": options.names }), 0),
        false => {
            let lines = options.names.iter();
            let lines = lines.map(|name| format!("{GOOD}removed{GOOD:#} {name}\n"));
            report::print(&lines.collect::<String>(), 0)
        }
    })
}

/// Checks that no used module wants one of them to be there, though unused: a weak dependency.
fn kept(
    names: &[String],
    inventory: &Inventory,
    system: Option<&SystemFile>,
) -> Result<(), Failure> {
    let is_named = |name: &str| names.iter().any(|one| same_name(one, name));
    let used = inventory.modules().iter().filter(|one| {
        let next = NextState::of(system, one);
        !is_named(&one.name) && next.is_ok_and(|next| next.is_used())
    });
    for module in used {
        if let Some(weak) = module.weak.iter().find(|name| is_named(name)) {
            return Err(Failure::of(
                Message::Weak,
                format_args!(
                    "the module `{weak}` can't be removed, because `{0}` wants it to be there; make \
                     it `unused`, or remove `{0}` too",
                    module.name
                ),
            ));
        }
    }
    Ok(())
}

/// Removes modules, or none.
///
/// kminstall(1M), `-d`: "loaded → tries to unload, else error exit".
pub(crate) fn remove(place: &Place, names: &[String], comment: &str) -> Result<(), Failure> {
    let changes: Vec<_> = names
        .iter()
        .map(|name| Change::Uninstall(name.clone()))
        .collect();
    let (inventory, views) = inventory(&place.root, place.kernels.clone())?;
    let text = place.root.system_text()?;
    let plan = Plan::new(
        text.as_deref(),
        &inventory,
        &changes,
        PlanOptions::default(),
    )?;
    if let Some(module) = names
        .iter()
        .filter_map(|name| inventory.module(name))
        .find(|one| one.linked)
    {
        return Err(Failure::of(
            Message::LinkedIn,
            format_args!(
                "the module `{}` is linked into a host; build the host without it",
                module.name
            ),
        ));
    }
    kept(names, &inventory, place.root.system()?.as_ref())?;
    let has_file = text.is_some();
    // Before the first file is removed, since a module that stays loaded must keep its image.
    if has_file {
        let uninstall = |text: Option<&[u8]>, inventory: &_| {
            let options = PlanOptions::default();
            Ok(Plan::new(text, inventory, &changes, options)?)
        };
        if let Some(waits) = change::follow(place, uninstall)?.waits {
            return Err(Failure::of(Message::InUse, waits.join("; ")));
        }
    } else {
        for view in &views {
            for name in names {
                let mut present = view.following.present.iter();
                if present.any(|one| dlkm_system::same_name(&one.name, name)) {
                    ask(&view.running, &Request::new(&["unload", name]))?;
                }
            }
        }
    }
    let locked = change::lock(place)?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let plan = Some(&plan).filter(|_| has_file);
    Ok(locked.remove_all(&names, plan, &By::now(comment))?)
}
