//! `kmsystem`: whether modules are configured and loadable, as on HP-UX 11.0 to 11i v1.6.

use std::process::ExitCode;

use dlkm_config::{Change, Installed, ModuleChange};
use dlkm_metadata::Phase;
use dlkm_system::{Choice, State};

use super::given::Given;
use super::own::Own;
use crate::failure::Failure;
use crate::message::Message;
use crate::place::Place;
use crate::report;
use crate::table::Table;
use crate::view::View;

/// Show or plan which modules are configured, and whether they are loadable.
///
/// Changes are those of the next boot. `kmupdate -M` makes them count at once.
#[derive(Debug, clap::Parser)]
#[command(name = "kmsystem", version, disable_help_flag = true)]
#[command(after_help = "\
Exit codes:
  0  done; the changes are those of the next boot
  2  an error; nothing is changed")]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    #[command(flatten)]
    given: Given,

    /// Whether the module is configured
    #[arg(short, value_name = "Y|N", value_parser = yes)]
    configure: Option<bool>,

    /// Whether it is loadable: Y, or linked into the host: N
    #[arg(short, value_name = "Y|N", value_parser = yes)]
    loadable: Option<bool>,

    /// Phase in which it is loaded: BOOT1, BOOT2, INIT or AUTO
    #[arg(short = 'b', value_name = "1|2|i|a", value_parser = phase)]
    phase: Option<Phase>,

    /// Show the module
    #[arg(short, conflicts_with_all = ["configure", "loadable", "phase"])]
    query: bool,

    /// Module
    #[arg(required_if_eq_any = [("query", "true")])]
    module: Option<String>,
}

fn yes(word: &str) -> Result<bool, &'static str> {
    match word {
        "Y" | "y" => Ok(true),
        "N" | "n" => Ok(false),
        _ => Err("say Y or N"),
    }
}

pub(super) fn phase(word: &str) -> Result<Phase, &'static str> {
    match word {
        "1" => Ok(Phase::Boot1),
        "2" => Ok(Phase::Boot2),
        "i" => Ok(Phase::Init),
        "a" => Ok(Phase::Auto),
        _ => Err("the phases are 1, 2, i and a"),
    }
}

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let place = Place::find(options.own.root.as_deref())?;
    let view = options.given.view(place.clone())?;
    let asks = options.configure.is_some() || options.loadable.is_some() || options.phase.is_some();
    let Some(name) = &options.module else {
        return match asks {
            false => Ok(show(&view, None)),
            true => Err(Failure::of(
                Message::Form,
                "name the module that is to change",
            )),
        };
    };
    if options.query {
        let module = view.module(name)?.name.clone();
        return Ok(show(&view, Some(&module)));
    }
    if !asks {
        // kmsystem(1M): "with a module name one of the others is needed".
        return Err(Failure::of(
            Message::Form,
            "with a module, one of -q, -c, -l and -b is needed",
        ));
    }
    let module = view.module(name)?;
    let now = view.status_of(module).next.state;
    let mut change = ModuleChange::new(&module.name);
    change.choice = choice(options, module, now)?;
    change.phase = options.phase.map(Some);
    if change.choice.is_none() && change.phase.is_none() {
        return Ok(ExitCode::SUCCESS);
    }
    options
        .given
        .change(&place, &[Change::Module(change)], "")?;
    Ok(ExitCode::SUCCESS)
}

/// The state that follows from `-c` and `-l`.
fn choice(options: &Args, module: &Installed, now: State) -> Result<Option<Choice>, Failure> {
    let capable = module.capable();
    let loadable = [(State::Auto, Choice::Auto), (State::Loaded, Choice::Loaded)];
    let loadable = loadable
        .into_iter()
        .find(|(state, _)| capable.contains(state));
    if options.loadable.is_some() && loadable.is_none() {
        // kmsystem(1M), `-l`: "fails if the system file has no $LOADABLE (static module)".
        return Err(Failure::of(
            Message::OnlyStatic,
            format_args!(
                "the module `{}` can only be linked in, so -l means nothing for it",
                module.name
            ),
        ));
    }
    let is_loadable = matches!(now, State::Auto | State::Loaded);
    let wants = options
        .loadable
        .unwrap_or(now != State::Static && loadable.is_some());
    Ok(match options.configure {
        Some(false) => Some(Choice::Unused),
        None if now == State::Unused => None,
        None if options.loadable.is_none() => None,
        _ if wants && is_loadable => None,
        _ if wants => loadable.map(|(_, choice)| choice),
        _ => Some(Choice::Static),
    })
}

/// kmsystem(1M): `$LOADABLE` and `$CONFIGURATION` of all; `-` where not applicable.
fn show(view: &View, name: Option<&str>) -> ExitCode {
    let mut table = Table::new(&["Module", "Configured", "Loadable"]);
    for one in view.statuses() {
        if name.is_some_and(|name| name != one.module.name) {
            continue;
        }
        let capable = one.module.capable();
        let loadable = match one.next.state {
            _ if !capable
                .iter()
                .any(|state| matches!(state, State::Auto | State::Loaded)) =>
            {
                "-"
            }
            State::Static => "N",
            _ => "Y",
        };
        let configured = if one.next.state == State::Unused {
            "N"
        } else {
            "Y"
        };
        table.plain(vec![
            one.module.name.clone(),
            configured.to_owned(),
            loadable.to_owned(),
        ]);
    }
    report::print(&table.aligned(), 0)
}
