//! `kmupdate`: lets running kernels use what is planned of modules, as on HP-UX 11.0 to 11i v1.6.

use std::fs;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ArgGroup;
use dlkm_client::Request;
use dlkm_config::{By, Editor, Inventory, ModuleSpec};
use dlkm_system::{Choice, same_name};

use super::own::Own;
use crate::change::{self, WAITS};
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::report;
use crate::view::{KernelView, ask, inventory};

/// Let running kernels use modules as the system file and the installed images have them.
///
/// With -M, kernels use these modules at once. Without it, the whole kernel is updated: the host program
/// with the modules that are linked into it. That takes effect when the processes are started again, and
/// only if the next boot would succeed. KERNEL_FILE is put into the place of the program that runs on the
/// module root, whose former file stays as PROGRAM.prev. Without KERNEL_FILE, the program is where
/// it belongs already, as `cargo dlkm build` puts it there.
#[derive(Debug, clap::Parser)]
#[command(name = "kmupdate", version, disable_help_flag = true)]
#[command(after_help = super::own::EXIT_CODES)]
#[command(group = ArgGroup::new("when").args(["now", "at_shutdown", "next"]))]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    /// Module; can be repeated
    #[arg(short = 'M', value_name = "MODULE")]
    modules: Vec<String>,

    /// At once, or not at all
    #[arg(short = 'i', requires = "modules")]
    now: bool,

    /// At shutdown: running kernels stay as they are
    #[arg(short = 'a', requires = "modules")]
    at_shutdown: bool,

    /// At the next boot: the same as -a, since a kernel here reads everything when it boots
    #[arg(short = 'n', requires = "modules")]
    next: bool,

    /// Program of the host
    #[arg(conflicts_with = "modules")]
    kernel_file: Option<PathBuf>,
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
    if options.modules.is_empty() {
        return kernel(&place, options.kernel_file.as_deref());
    }
    let when = match (options.now, options.at_shutdown || options.next) {
        (true, _) => When::Now,
        (_, true) => When::AtShutdown,
        _ => When::Either,
    };
    update(&place, &options.modules, when)
}

/// kmupdate(1M), the first form: schedules a kernel for the next boot. "Overwriting or replacing the
/// kernel file … should be avoided": it is replaced by a rename.
pub(super) fn kernel(place: &Place, new: Option<&Path>) -> Result<ExitCode, Failure> {
    let (inventory, views) = inventory(&place.root, place.kernels.clone())?;
    // What is linked into the program that runs says nothing of the next one.
    let found = match new {
        Some(_) => place.root.check(&Inventory::read(&place.root)?),
        None => place.root.check(&inventory),
    };
    if !found.is_good() {
        for one in &found.errors {
            message::error(Message::of_finding(one), one);
        }
        return Err(Failure::Printed);
    }
    if let Some(new) = new {
        let mut programs: Vec<_> = views
            .iter()
            .filter_map(|one| one.running.program())
            .collect();
        programs.sort();
        programs.dedup();
        let wrong = |text: String| Err(Failure::of(Message::Program, text));
        let program = match programs[..] {
            [program] => program,
            [] => {
                return wrong(format!(
                    "no kernel that can be reached runs on {}, so it is not known which program is \
                     to be replaced; copy {} to its place",
                    place.root.path().display(),
                    new.display()
                ));
            }
            _ => {
                let names: Vec<_> = programs
                    .iter()
                    .map(|one| one.display().to_string())
                    .collect();
                return wrong(format!(
                    "several programs run on {}: {}; copy {} to its place",
                    place.root.path().display(),
                    names.join(", "),
                    new.display()
                ));
            }
        };
        // Linux adds this to the name of a program that was replaced while it runs.
        let name = program.to_string_lossy();
        let program = Path::new(name.strip_suffix(" (deleted)").unwrap_or(&name));
        if !is_program(new) {
            return wrong(format!("{} is no program", new.display()));
        }
        dlkm_config::replace_program(new, program)?;
        let comment = format!("kmupdate: {} is now {}", program.display(), new.display());
        change::lock(place)?.comment(&By::now(&comment))?;
    }
    for view in &views {
        let text = format_args!("process {} uses this when it is started again", view.pid());
        message::note(Message::Restart, text);
    }
    Ok(ExitCode::from(if views.is_empty() { 0 } else { WAITS }))
}

/// Whether a file is an ELF executable, as far as its first bytes and its mode say.
fn is_program(file: &Path) -> bool {
    let mode = fs::metadata(file).map(|about| about.permissions().mode());
    let mut start = [0; 18];
    let read = fs::File::open(file).and_then(|mut file| file.read_exact(&mut start));
    let executable = matches!(start[16], 2 | 3);
    read.is_ok()
        && start.starts_with(b"\x7fELF")
        && executable
        && mode.is_ok_and(|mode| mode & 0o111 != 0)
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
