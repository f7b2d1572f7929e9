//! `kmadmin`: loads, unloads and shows modules, as on HP-UX 11.0 to 11i v1.6.

mod registered;
mod search;
mod status;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ArgGroup;
use dlkm_client::Request;
use dlkm_config::{By, Change, Installed, ModuleChange, Plan, PlanOptions};
use dlkm_system::State;

use super::own::Own;
use crate::change::{self, How};
use crate::failure::Failure;
use crate::message::Message;
use crate::place::Place;
use crate::report;
use crate::table::Table;
use crate::view::{View, ask};
use registered::{CLASS, kind, known_id, loaded};

/// Load, unload and show modules of the running kernels.
///
/// A kernel loads images from its module root only. So -L installs an image first that it finds in
/// another folder: at a path, or in the folders of the search path, which belongs to the module root.
/// On HP-UX, the search path also serves loads on demand, and comes before the default folder. Here,
/// what is installed comes first, and calls load nothing else.
#[derive(Debug, clap::Parser)]
#[command(name = "kmadmin", version, disable_help_flag = true)]
#[command(after_help = super::own::EXIT_CODES)]
#[command(group = ArgGroup::new("form").required(true).args([
    "folder", "default_path", "phase", "statics", "load", "by_id", "by_name", "brief", "full",
    "unload_id", "unload",
]))]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    /// Search this folder before the others of the search path, from now on
    #[arg(short = 'd', value_name = "DIR")]
    folder: Option<PathBuf>,

    /// Search the module root only, as by default
    #[arg(short = 'D')]
    default_path: bool,

    /// Set the phase in which a module is loaded, from the next boot on
    #[arg(short = 'b', num_args = 2, value_names = ["1|2|i|a", "MODULE"])]
    phase: Vec<String>,

    /// List the static modules
    #[arg(short = 'k')]
    statics: bool,

    /// Load a module, with what it needs, and print its id
    #[arg(short = 'L', value_name = "NAME|PATH", num_args = 1..)]
    load: Vec<String>,

    /// Show the module of this id
    #[arg(short = 'q', value_name = "ID", num_args = 1..)]
    by_id: Vec<u64>,

    /// Show a module
    #[arg(short = 'Q', value_name = "NAME", num_args = 1..)]
    by_name: Vec<String>,

    /// List all modules
    #[arg(short = 's')]
    brief: bool,

    /// Show all modules
    #[arg(short = 'S')]
    full: bool,

    /// Unload the module of this id
    #[arg(short = 'u', value_name = "ID", num_args = 1..)]
    unload_id: Vec<u64>,

    /// Unload a module
    #[arg(short = 'U', value_name = "NAME", num_args = 1..)]
    unload: Vec<String>,
}

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let place = Place::find(options.own.root.as_deref())?;
    if let Some(folder) = &options.folder {
        return search::prepend(&place, folder);
    }
    if options.default_path {
        return search::reset(&place);
    }
    if let [phase, module] = &options.phase[..] {
        return set_phase(&place, phase, module);
    }
    if !options.load.is_empty() {
        return load(&place, &options.load);
    }
    if !options.unload.is_empty() {
        return unload(&place, &options.unload);
    }
    if !options.unload_id.is_empty() {
        let names = names(&place, &options.unload_id)?;
        return unload(&place, &names);
    }
    let wanted = match options.by_id.is_empty() {
        true => options.by_name.clone(),
        false => names(&place, &options.by_id)?,
    };
    let view = View::of(place)?;
    if options.brief {
        return brief(&view);
    }
    let mut modules: Vec<&Installed> = Vec::new();
    for name in &wanted {
        modules.push(view.module(name)?);
    }
    if options.statics {
        let all = view.statuses().into_iter();
        let names = all.filter(|one| one.now.state == State::Static);
        let lines = names.map(|one| format!("{}\n", one.module.name));
        return Ok(report::print(&lines.collect::<String>(), 0));
    }
    if options.full {
        modules.extend(view.inventory.modules());
    }
    let blocks = modules
        .into_iter()
        .map(|module| status::text(&view, module));
    let blocks = blocks.collect::<Result<Vec<_>, _>>()?;
    Ok(report::print(&blocks.join("\n"), 0))
}

/// The modules of ids.
fn names(place: &Place, ids: &[u64]) -> Result<Vec<String>, Failure> {
    let all = place.root.numbers()?;
    let name = |id: &u64| {
        let mut of_class = all.iter().filter(|one| one.class == CLASS);
        let found = of_class.find(|one| one.number == *id);
        found.map(|one| one.name.clone()).ok_or_else(|| {
            Failure::of(
                Message::NoId,
                format_args!("no module has the id {id}; `kmadmin -s` shows the ids"),
            )
        })
    };
    ids.iter().map(name).collect()
}

/// The id of a module, which it keeps from boot to boot. It gets one when it is first asked for.
fn id(place: &Place, name: &str) -> Result<u64, Failure> {
    let known = known_id(&place.root, name)?;
    match known {
        Some(id) => Ok(id),
        None => {
            let locked = change::lock(place)?;
            Ok(locked.assign(CLASS, name, 1..=u64::from(u32::MAX), &By::now(""))?)
        }
    }
}

/// kmadmin(1M), `-b`: "sets the configured loading phase of a registered module". A kernel reads it at
/// boot.
fn set_phase(place: &Place, phase: &str, module: &str) -> Result<ExitCode, Failure> {
    let phase = super::kmsystem::phase(phase).map_err(|error| Failure::of(Message::Form, error))?;
    let mut change = ModuleChange::new(module);
    change.phase = Some(Some(phase));
    let changes = [Change::Module(change)];
    let changed = change::system(place, &How::default(), |text, inventory| {
        let options = PlanOptions::default();
        Ok(Plan::new(text, inventory, &changes, options)?)
    })?;
    Ok(report::print(&changed.effects(), changed.code()))
}

fn no_kernel(place: &Place) -> Failure {
    Failure::of(
        Message::NoKernel,
        format_args!(
            "no kernel that can be reached runs on {}",
            place.root.path().display()
        ),
    )
}

/// kmadmin(1M), `-L`: "loads with dependencies, prints the integer id".
fn load(place: &Place, names: &[String]) -> Result<ExitCode, Failure> {
    if place.kernels.is_empty() {
        return Err(no_kernel(place));
    }
    let names = names.iter().map(|name| search::installed(place, name));
    let names = names.collect::<Result<Vec<_>, _>>()?;
    let view = View::of(place.clone())?;
    let mut text = String::new();
    for name in names.iter().map(|name| view.spelled(name)) {
        for kernel in &place.kernels {
            ask(kernel, &Request::new(&["load", name]))?;
        }
        text += &format!("kmadmin: Module {name} loaded, ID = {}\n", id(place, name)?);
    }
    Ok(report::print(&text, 0))
}

/// kmadmin(1M), `-U`: "says what was unloaded".
fn unload(place: &Place, names: &[String]) -> Result<ExitCode, Failure> {
    if place.kernels.is_empty() {
        return Err(no_kernel(place));
    }
    let view = View::of(place.clone())?;
    let mut text = String::new();
    for name in names.iter().map(|name| view.spelled(name)) {
        for kernel in &place.kernels {
            ask(kernel, &Request::new(&["unload", name]))?;
        }
        text += &format!("kmadmin: Module {name} unloaded\n");
    }
    Ok(report::print(&text, 0))
}

fn brief(view: &View) -> Result<ExitCode, Failure> {
    let mut table = Table::new(&["Name", "ID", "Status", "Type"]);
    for one in view.statuses() {
        let id = known_id(&view.root, &one.module.name)?;
        table.plain(vec![
            one.module.name.clone(),
            id.map_or_else(|| "-".to_owned(), |id| id.to_string()),
            loaded(one.now.state).to_owned(),
            kind(view, one.module),
        ]);
    }
    Ok(report::print(&table.aligned(), 0))
}
