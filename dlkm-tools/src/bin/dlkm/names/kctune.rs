//! `kctune`: queries and changes tunables, as on HP-UX 11i v3.

use std::process::ExitCode;

use dlkm_config::{Argument, Plan, PlanOptions, Tunable, TunableStatus};
use dlkm_metadata::TunableType;

use super::fields::{Fields, Object};
use super::own::{BackupArgs, Own};
use crate::change::{self, Changed, How};
use crate::failure::Failure;
use crate::module::split;
use crate::place::Place;
use crate::table::Table;
use crate::tunables::{at_boot, statuses, wanted};
use crate::view::View;
use crate::{report, show, tune};

/// Query and change the tunables of a configuration.
#[derive(Debug, clap::Parser)]
#[command(name = "kctune", version, disable_help_flag = true)]
#[command(after_help = super::own::EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    #[command(flatten)]
    backup: BackupArgs,

    /// View or change this saved configuration
    #[arg(short, value_name = "CONFIG", conflicts_with_all = ["behavior", "backup", "keep", "hold"])]
    config: Option<String>,

    /// Comment for the log
    #[arg(
        short = 'C',
        value_name = "COMMENT",
        default_value = "",
        hide_default_value = true
    )]
    comment: String,

    /// Add descriptions
    #[arg(short, conflicts_with_all = ["verbose", "fields"])]
    description: bool,

    /// Only tunables whose value at the next boot differs from the present one
    #[arg(short = 'D')]
    differing: bool,

    /// Group by module
    #[arg(short, conflicts_with_all = ["verbose", "fields"])]
    group: bool,

    /// Hold all changes until the next boot
    #[arg(short = 'h')]
    hold: bool,

    /// Print these fields, for programs
    #[arg(short = 'P', value_name = "FIELDS", conflicts_with = "verbose")]
    fields: Option<String>,

    /// Only tunables that are set
    #[arg(short = 'S', conflicts_with = "differing")]
    set: bool,

    /// Let a tunable of your own be created, for use in expressions
    #[arg(short)]
    user: bool,

    /// Print a block for each tunable
    #[arg(short)]
    verbose: bool,

    /// Tunables: `t`, `t=`, `t=expr`, `t+=value` or `t>=value`
    tunables: Vec<String>,
}

const FIELDS: [&str; 21] = [
    "name",
    "module",
    "desc",
    "defvalue",
    "bootvalue",
    "current",
    "next_boot",
    "before",
    "expr",
    "next_expr",
    "before_expr",
    "min",
    "max",
    "dynamic",
    "canauto",
    "default",
    "next_default",
    "auto_default",
    "signed",
    // HP-UX's bits of it are not documented, so it has no line.
    "flags",
    "constraint",
];

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let fields = options.fields.as_deref();
    let fields = fields.map(|list| Fields::of(list, &FIELDS)).transpose()?;
    let (changes, queries) = split(&options.tunables, Argument::tunable)?;
    let root = options.own.root.as_deref();
    let mut before = Vec::new();
    let mut changed: Option<Changed> = None;
    if !changes.is_empty() {
        let view = View::pick(root, options.config.as_deref())?;
        let stands = statuses(&view).into_iter();
        before.extend(stands.map(|one| {
            (
                one.next.name.clone(),
                value(&one.now).unwrap_or_default(),
                one.now.text(),
            )
        }));
        let how = How {
            hold: options.hold,
            comment: options.comment.clone(),
            backup: options.backup.chosen(),
        };
        let plan = |text: Option<&[u8]>, inventory: &_| {
            let options = PlanOptions::default()
                .hold(options.hold)
                .user_tunables(options.user);
            Ok(Plan::new(text, inventory, &changes, options)?)
        };
        let place = Place::find(root)?;
        changed = Some(match &options.config {
            Some(name) => change::saved(&place, name, &how, plan)?,
            None => change::system(&place, &how, plan)?,
        });
    }
    let code = changed.as_ref().map_or(0, Changed::code);
    let view = View::pick(root, options.config.as_deref())?;
    let all = statuses(&view);
    let mut names = queries;
    if let Some(changed) = &changed {
        let is_there = |name: &&String| all.iter().any(|one| one.next.name == **name);
        let planned = changed.planned.iter().map(|one| &one.name);
        names.extend(planned.filter(is_there).cloned());
        if fields.is_none() {
            return Ok(report::print(&changed.text(), code));
        }
        if names.is_empty() {
            return Ok(report::print("", code));
        }
    }
    let mut wanted: Vec<_> = wanted(&view, &all, &names)?
        .into_iter()
        .filter(|one| !options.differing || one.differs())
        .filter(|one| !options.set || one.next.setting.is_some())
        .collect();
    if options.group {
        wanted.sort_by_key(|one| one.next.info.map(|(module, _)| module));
    }
    let at_once = changed
        .as_ref()
        .is_none_or(|changed| changed.waits.is_none());
    if let Some(fields) = fields {
        let booted = at_boot(&view);
        let objects = wanted.iter().map(|one| {
            let mut was = before.iter().filter(|_| at_once);
            let was = was.find(|(name, ..)| *name == one.next.name);
            let was = was.map(|(_, value, text)| (value.clone(), text.clone()));
            let mut object = object(one, was, options.config.is_some());
            let booted = booted.as_ref().and_then(|all| all.get(&one.next.name));
            let value = booted.and_then(value);
            object.extend(value.map(|value| ("bootvalue", value)));
            object
        });
        return Ok(fields.print(&objects.collect::<Vec<_>>(), code));
    }
    if options.verbose {
        let blocks: Vec<_> = wanted.iter().map(|one| tune::block(one)).collect();
        return Ok(report::print(&blocks.join("\n"), code));
    }
    Ok(report::print(&table(options, &wanted), code))
}

fn value(one: &Tunable<'_>) -> Option<String> {
    one.value.as_ref().ok().map(ToString::to_string)
}

fn table(options: &Args, wanted: &[&TunableStatus<'_>]) -> String {
    let held = wanted.iter().any(|one| one.differs());
    let mut heads = vec!["Tunable", "Value", "Expression"];
    if options.group {
        heads.insert(0, "Module");
    }
    if held {
        heads.push("Next Boot");
    }
    if options.description {
        heads.push("Description");
    }
    let mut table = Table::new(&heads);
    for one in wanted {
        let mut row = vec![one.next.name.clone(), show::value(&one.now), one.now.text()];
        if options.group {
            row.insert(0, one.next.info.map_or("", |(module, _)| module).to_owned());
        }
        if held {
            row.push(match one.differs() {
                true => show::value(&one.next),
                false => String::new(),
            });
        }
        if options.description {
            row.push(one.info().map_or("", |info| info.desc()).to_owned());
        }
        table.plain(row);
    }
    table.aligned()
}

fn object(one: &TunableStatus<'_>, before: Option<(String, String)>, saved: bool) -> Object {
    let word = |yes: bool| if yes { "y" } else { "n" }.to_owned();
    let is_default = |one: &Tunable<'_>| one.setting.is_none() && one.info.is_some();
    let mut object = vec![("name", one.next.name.clone())];
    let mut with = |name, value: Option<String>| object.extend(value.map(|value| (name, value)));
    let info = one.info();
    with("module", one.next.info.map(|(module, _)| module.to_owned()));
    with("desc", info.map(|info| info.desc().to_owned()));
    with("defvalue", info.map(|info| info.default().to_owned()));
    with("current", value(&one.now));
    with("expr", Some(one.now.text()));
    with("default", Some(word(is_default(&one.now))));
    if !saved {
        with("next_boot", value(&one.next));
        with("next_expr", Some(one.next.text()));
        with("next_default", Some(word(is_default(&one.next))));
    }
    if let Some((value, text)) = before.filter(|(_, text)| *text != one.now.text()) {
        with("before", Some(value));
        with("before_expr", Some(text));
    }
    with("min", info.and_then(|info| info.min()).map(str::to_owned));
    with("max", info.and_then(|info| info.max()).map(str::to_owned));
    with("dynamic", info.map(|info| word(info.is_dynamic())));
    with("canauto", Some(word(false)));
    with("auto_default", Some(word(false)));
    let signed = |info: &dlkm_metadata::TunableInfo| match info.ty() {
        TunableType::Integer { min, .. } => min < 0,
        ty => ty == TunableType::Float,
    };
    with("signed", info.map(|info| word(signed(info))));
    // HP-UX's handbook: `constraint nproc >= 100`.
    for (sign, bound) in [
        (">=", info.and_then(|info| info.min())),
        ("<=", info.and_then(|info| info.max())),
    ] {
        let name = &one.next.name;
        with(
            "constraint",
            bound.map(|bound| format!("{name} {sign} {bound}")),
        );
    }
    object
}
