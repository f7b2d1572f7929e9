//! `kmupdate`: lets running kernels use what is planned of modules, as on HP-UX 11.0 to 11i v1.6.

use std::process::ExitCode;

use clap::ArgGroup;
use dlkm_client::Request;
use dlkm_config::{Editor, ModuleSpec};
use dlkm_system::{Choice, same_name};

use super::own::Own;
use crate::change::WAITS;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::report;
use crate::view::{KernelView, ask, inventory};

/// Let running kernels use modules as the system file and the installed images have them.
#[derive(Debug, clap::Parser)]
#[command(name = "kmupdate", version, disable_help_flag = true)]
#[command(after_help = super::own::EXIT_CODES)]
#[command(group = ArgGroup::new("when").args(["now", "at_shutdown"]))]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    /// Module; can be repeated
    #[arg(short = 'M', value_name = "MODULE", required = true)]
    modules: Vec<String>,

    /// At once, or not at all
    #[arg(short = 'i')]
    now: bool,

    /// At shutdown: running kernels stay as they are
    #[arg(short = 'a')]
    at_shutdown: bool,
}

/// When kernels follow.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum When {
    /// At once if possible, else at shutdown.
    Either,
    /// At once.
    Now,
    /// At shutdown.
    AtShutdown,
}

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let place = Place::find(options.own.root.as_deref())?;
    let when = match (options.now, options.at_shutdown) {
        (true, _) => When::Now,
        (_, true) => When::AtShutdown,
        _ => When::Either,
    };
    update(&place, &options.modules, when)
}

/// kmupdate(1M), `-M`: "neither flag: at once, else at shutdown; `-i` only at once; `-a` only at
/// shutdown. A module that was loaded is loaded again".
pub(super) fn update(place: &Place, names: &[String], when: When) -> Result<ExitCode, Failure> {
    let (inventory, views) = inventory(&place.root, place.kernels.clone())?;
    for name in names {
        if inventory.module(name).is_none() {
            return Err(dlkm_config::Refusal::unknown_module(name, &inventory))
                .map_err(|refusal| Failure::Refused(vec![refusal]));
        }
    }
    if when == When::AtShutdown || views.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let system = place.root.system()?;
    let (mut text, mut waits) = (String::new(), Vec::new());
    for view in &views {
        let wanted = wanted(view, system.as_ref(), names)?;
        let mut reasons = Vec::new();
        for record in ask(&view.running, &Request::new(&["adopt"]).with_body(wanted))? {
            reasons.extend(record.all("waits").map(str::to_owned));
            for (what, module) in record.fields().filter(|(what, _)| *what != "waits") {
                text += &format!("process {} {what} {module}\n", view.pid());
            }
        }
        let was_loaded = |name: &&String| {
            view.following
                .present
                .iter()
                .any(|one| same_name(&one.name, name))
        };
        let stays = |name: &&String| {
            let line = system.as_ref().map(|system| system.module(name));
            line.is_none_or(|line| line.is_some_and(|line| line.choice != Choice::Unused))
        };
        for name in names.iter().filter(was_loaded).filter(stays) {
            match view.running.ask(&Request::new(&["upgrade", name])) {
                Ok(_) => text += &format!("process {} loaded {name} again\n", view.pid()),
                Err(error) => reasons.push(error.to_string()),
            }
        }
        waits.extend(
            reasons
                .into_iter()
                .map(|one| format!("process {}: {one}", view.pid())),
        );
    }
    for reason in &waits {
        match when {
            When::Now => message::error(Message::Waits, reason),
            _ => {
                message::note(
                    Message::Waits,
                    format_args!("waits for the next boot: {reason}"),
                );
            }
        }
    }
    let code = match (waits.is_empty(), when) {
        (true, _) => 0,
        (_, When::Now) => report::FILE_ERROR,
        _ => WAITS,
    };
    Ok(report::print(&text, code))
}

/// The file that a kernel follows, with what the system file says of these modules.
fn wanted(
    view: &KernelView,
    system: Option<&dlkm_system::SystemFile>,
    names: &[String],
) -> Result<String, Failure> {
    let follows = view.following.system.as_ref().or(system);
    let text = follows.cloned().unwrap_or_default().to_string();
    let mut editor =
        Editor::parse(text.as_bytes()).map_err(|error| Failure::of(Message::Edit, error))?;
    for name in names {
        let Some(system) = system else { continue };
        match system.module(name) {
            None => drop(editor.remove_module(name)),
            Some(line) => {
                let mut spec = ModuleSpec::new(name, line.choice);
                spec.version = line.version.as_deref().map(str::to_owned);
                spec.phase = line.phase;
                spec.idle = line.idle;
                editor.set_module(&spec);
            }
        }
    }
    let text = editor
        .finish()
        .map_err(|error| Failure::of(Message::Edit, error))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
