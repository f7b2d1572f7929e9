//! `kcmodule`: queries and changes modules, as on HP-UX 11i v3.

use std::fs;
use std::process::ExitCode;
use std::time::UNIX_EPOCH;

use dlkm_config::{Argument, ModuleStatus, On, Plan, PlanOptions, Standing};

use super::fields::{Fields, Object};
use super::own::{BackupArgs, Own};
use crate::change::{self, Changed, How};
use crate::failure::Failure;
use crate::list::cause;
use crate::module::split;
use crate::place::Place;
use crate::table::Table;
use crate::view::View;
use crate::{report, show};

/// Query and change the modules of a configuration.
#[derive(Debug, clap::Parser)]
#[command(name = "kcmodule", version, disable_help_flag = true)]
#[command(after_help = super::own::EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    #[command(flatten)]
    backup: BackupArgs,

    /// Also list required modules
    #[arg(short, conflicts_with_all = ["differing", "set"])]
    all: bool,

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

    /// Only modules whose state at the next boot differs from the present one
    #[arg(short = 'D')]
    differing: bool,

    /// Hold all changes until the next boot
    #[arg(short = 'h')]
    hold: bool,

    /// Print these fields, for programs
    #[arg(short = 'P', value_name = "FIELDS", conflicts_with = "verbose")]
    fields: Option<String>,

    /// Only modules whose state an administrator chose
    #[arg(short = 'S', conflicts_with = "differing")]
    set: bool,

    /// Print a block for each module
    #[arg(short)]
    verbose: bool,

    /// Modules: `module`, `module=` or `module=state`
    modules: Vec<String>,
}

const FIELDS: [&str; 14] = [
    "name",
    "alias",
    "desc",
    "version",
    "timestamp",
    "state",
    "cause",
    "next_state",
    "next_cause",
    "before_state",
    "before_cause",
    "capable",
    "depend",
    "exports",
];

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let fields = options.fields.as_deref();
    let fields = fields.map(|list| Fields::of(list, &FIELDS)).transpose()?;
    let (changes, queries) = split(&options.modules, Argument::module)?;
    let root = options.own.root.as_deref();
    let mut before = Vec::new();
    let mut changed: Option<Changed> = None;
    if !changes.is_empty() {
        let view = View::pick(root, options.config.as_deref())?;
        let stands = view.statuses().into_iter();
        before.extend(stands.map(|one| (one.module.name.clone(), one.now)));
        let how = How {
            hold: options.hold,
            comment: options.comment.clone(),
            backup: options.backup.chosen(),
        };
        let plan = |text: Option<&[u8]>, inventory: &_| {
            let options = PlanOptions::default().hold(options.hold);
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
    let mut names = queries;
    if let Some(changed) = &changed {
        names.extend(changed.planned.iter().map(|one| one.name.clone()));
    }
    let mut wanted = Vec::new();
    for name in &names {
        // A line about a module that is gone has no module.
        if let Some(module) = view.inventory.module(name) {
            wanted.push(view.status_of(module));
        } else if changed.is_none() {
            view.module(name)?;
        }
    }
    if options.modules.is_empty() {
        wanted = listed(options, &view);
    }
    let at_once = changed
        .as_ref()
        .is_none_or(|changed| changed.waits.is_none());
    match (fields, &changed) {
        (Some(fields), _) => {
            let objects: Vec<_> = wanted
                .iter()
                .map(|one| {
                    let mut was = before.iter().filter(|_| at_once);
                    let was = was.find(|(name, _)| *name == one.module.name);
                    object(
                        one,
                        was.map(|(_, was)| *was),
                        options.config.is_some(),
                        &view,
                    )
                })
                .collect();
            Ok(fields.print(&objects, code))
        }
        (None, Some(changed)) => Ok(report::print(&changed.text(), code)),
        (None, None) if options.verbose => {
            let blocks: Vec<_> = wanted.iter().map(show::module).collect();
            Ok(report::print(&blocks.join("\n"), code))
        }
        (None, None) => Ok(report::print(&table(options, &wanted), code)),
    }
}

/// kcmodule(1M): "by default required modules … are left out".
fn listed<'a>(options: &Args, view: &'a View) -> Vec<ModuleStatus<'a>> {
    let all = view.statuses().into_iter();
    let wanted = all.filter(|one| match (options.all, options.differing, options.set) {
        (true, ..) => true,
        (_, true, _) => one.differs(),
        (_, _, true) => one.is_chosen(),
        _ => !one.module.required,
    });
    wanted.collect()
}

fn table(options: &Args, wanted: &[ModuleStatus<'_>]) -> String {
    let held = wanted.iter().any(ModuleStatus::differs);
    let mut heads = vec!["Module", "State", "Cause"];
    if held {
        heads.push("Next Boot");
    }
    if options.description {
        heads.push("Description");
    }
    let mut table = Table::new(&heads);
    for one in wanted {
        let mut row = vec![
            one.module.name.clone(),
            one.now.state.to_string(),
            cause(one.now.cause).to_owned(),
        ];
        if held {
            row.push(match one.differs() {
                true => one.next.state.to_string(),
                false => String::new(),
            });
        }
        if options.description {
            row.push(one.module.desc.clone());
        }
        table.plain(row);
    }
    table.aligned()
}

fn object(one: &ModuleStatus<'_>, before: Option<Standing>, saved: bool, view: &View) -> Object {
    let module = one.module;
    let file = view
        .root
        .image_file(&module.name)
        .ok()
        .filter(|_| !module.linked);
    let mut object = vec![
        ("name", module.name.clone()),
        ("desc", module.desc.clone()),
        ("version", module.version.clone()),
        ("state", one.now.state.to_string()),
    ];
    let mut with = |name, value: Option<String>| object.extend(value.map(|value| (name, value)));
    with(
        "cause",
        one.now.cause.map(|cause| cause.as_str().to_owned()),
    );
    let changed = file
        .as_ref()
        .and_then(|file| fs::metadata(file).ok()?.modified().ok());
    let seconds = changed.and_then(|time| Some(time.duration_since(UNIX_EPOCH).ok()?.as_secs()));
    with("timestamp", seconds.map(timestamp));
    if !saved {
        with("next_state", Some(one.next.state.to_string()));
        with(
            "next_cause",
            one.next.cause.map(|cause| cause.as_str().to_owned()),
        );
    }
    if let Some(before) = before.filter(|before| *before != one.now) {
        with("before_state", Some(before.state.to_string()));
        with(
            "before_cause",
            before.cause.map(|cause| cause.as_str().to_owned()),
        );
    }
    let mut capable: Vec<_> = module.capable().iter().map(ToString::to_string).collect();
    capable.reverse();
    with("capable", Some(capable.join(" ")));
    for need in &module.needs {
        let range = need
            .range
            .as_ref()
            .map_or("0.0.0".to_owned(), ToString::to_string);
        let kind = match need.on {
            On::Module => "module",
            On::Interface => "interface",
        };
        with("depend", Some(format!("{kind} {}:{range}", need.name)));
    }
    for interface in &module.interfaces {
        with(
            "exports",
            Some(format!("{}:{}", interface.name, interface.version)),
        );
    }
    object
}

/// As `Tue Sep 12 21:53:28 2006 [45078EC8]`, in UTC.
fn timestamp(seconds: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let time = UNIX_EPOCH + std::time::Duration::from_secs(seconds);
    // As `2006-09-12T21:53:28Z`.
    let text = humantime::format_rfc3339_seconds(time).to_string();
    let part = |range| text.get(range).unwrap_or_default();
    let month: usize = part(5..7).parse().unwrap_or(1);
    let day = part(8..10).trim_start_matches('0');
    format!(
        "{} {} {day:>2} {} {} [{seconds:08X}]",
        DAYS[(seconds / 86_400 % 7) as usize],
        MONTHS[(month - 1) % 12],
        part(11..19),
        part(0..4)
    )
}

#[cfg(test)]
mod tests {
    /// A record of the handbook: `timestamp Tue Sep 12 21:53:28 2006 [45078EC8]`, in a zone of two
    /// hours before UTC.
    #[test]
    fn timestamps_are_those_of_hp_ux() {
        assert_eq!(
            super::timestamp(0x4507_8ec8),
            "Wed Sep 13 04:53:28 2006 [45078EC8]"
        );
        assert_eq!(super::timestamp(0), "Thu Jan  1 00:00:00 1970 [00000000]");
    }
}
