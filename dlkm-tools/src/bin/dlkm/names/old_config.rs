//! `config`: checks and builds what the next boot is to use, as on HP-UX 11.0 to 11i v1.6.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::ArgGroup;
use dlkm_config::{Change, Inventory, ModuleChange, Plan, PlanOptions, Refusal};
use dlkm_system::{Choice, FILE_NAME, State};

use super::kmupdate::{self, When};
use super::own::Own;
use crate::change::How;
use crate::failure::Failure;
use crate::message::{self, Message};
use crate::place::Place;
use crate::report;
use crate::table::Table;
use crate::view::View;

/// Configure modules, or the whole kernel that a system file describes.
///
/// The whole kernel is the host program with the modules that are linked into it, and the images of the
/// others. The system file becomes that of the module root, for the next boot, if nothing would go wrong;
/// then `cargo dlkm build` follows it, in the workspace of the current folder. It also builds images
/// that are missing, before the file is checked. Outside of a workspace
/// nothing is built, as with an installed program; a change into or out of `static` is refused there.
///
/// -M checks that installed modules fit together. Their images are built by `cargo dlkm build`.
#[derive(Debug, clap::Parser)]
#[command(
    name = "config",
    version,
    disable_help_flag = true,
    disable_version_flag = true
)]
#[command(after_help = super::own::EXIT_CODES)]
#[command(group = ArgGroup::new("form").required(true).args(["modules", "system_file", "table"]).multiple(true))]
pub(crate) struct Args {
    #[command(flatten)]
    own: Own,

    /// Module; can be repeated
    #[arg(short = 'M', value_name = "MODULE", conflicts_with_all = ["system_file", "stop", "all_static", "table"])]
    modules: Vec<String>,

    /// Let running kernels use it: calls kmupdate
    #[arg(short)]
    update: bool,

    /// Stop before anything is built
    #[arg(short, conflicts_with = "update")]
    stop: bool,

    /// Link all modules that can be linked and are loadable
    #[arg(short = 'S')]
    all_static: bool,

    /// Print the numbers in the registry, such as those of devices
    #[arg(short)]
    table: bool,

    /// HP-UX's C file: there is none here
    #[arg(short, value_name = "FILE", hide = true)]
    c_file: Option<String>,

    /// HP-UX's makefile: there is none here
    #[arg(short = 'l', value_name = "FILE", hide = true)]
    makefile: Option<String>,

    /// HP-UX's master file: each image has its own metadata here
    #[arg(short, value_name = "FILE", hide = true)]
    master: Option<String>,

    /// HP-UX's root of the files of a kernel: --root here
    #[arg(short = 'r', value_name = "PATH", hide = true)]
    path: Option<String>,

    /// System file that counts from the next boot on
    system_file: Option<PathBuf>,
}

pub(crate) fn run(options: &Args) -> Result<ExitCode, Failure> {
    let foreign = [
        ("-c", "no C file is generated here", &options.c_file),
        ("-l", "no makefile is generated here", &options.makefile),
        (
            "-m",
            "each image has its own metadata here",
            &options.master,
        ),
        ("-r", "--root names the module root here", &options.path),
    ];
    if let Some((option, why, _)) = foreign.iter().find(|(.., value)| value.is_some()) {
        let text = format_args!("leave out {option}: {why}");
        return Err(Failure::of(Message::Form, text));
    }
    let place = Place::find(options.own.root.as_deref())?;
    if options.table && options.system_file.is_none() {
        return numbers(&place);
    }
    match &options.system_file {
        Some(file) => whole(options, &place, file),
        None => modules(options, &place),
    }
}

/// config(1M), `-t`: a short table of the numbers.
fn numbers(place: &Place) -> Result<ExitCode, Failure> {
    let mut table = Table::new(&["Class", "Name", "Number"]);
    for one in place.root.numbers()? {
        table.plain(vec![one.class, one.name, one.number.to_string()]);
    }
    Ok(report::print(&table.aligned(), 0))
}

/// The first form: the whole kernel.
fn whole(options: &Args, place: &Place, file: &Path) -> Result<ExitCode, Failure> {
    let mut text = crate::saved::read(file)?;
    if options.all_static {
        text = all_static(place, &text)?;
    }
    let workspace = is_in_workspace();
    let builds = workspace && !options.stop;
    if !workspace && !options.stop {
        // Nothing here could follow it.
        let (before, after) = (linked(place, None)?, linked(place, Some(&text))?);
        if before != after {
            return Err(Failure::of(
                Message::NotBuilt,
                "this changes which modules are linked into the host, and there is no Cargo \
                 workspace in the current folder to build it; go there, or use -s",
            ));
        }
    }
    let how = How {
        hold: !options.update,
        ..How::default()
    };
    let replace = || crate::saved::replace(place, &text, false, &how, true);
    let changed = match replace() {
        // The workspace may have them.
        Err(Failure::Refused(all)) if builds && all.iter().any(is_missing) => {
            build(place)?;
            replace()?
        }
        done => done?,
    };
    let code = changed.print(false);
    if options.table {
        numbers(place)?;
    }
    if builds {
        build(place)?;
    }
    if options.update {
        return kmupdate::kernel(place, None);
    }
    Ok(code)
}

fn is_missing(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::UnknownModule { .. } | Refusal::Missing { .. } | Refusal::Weak { .. }
    )
}

/// Whether the current folder is in a Cargo package or workspace.
fn is_in_workspace() -> bool {
    let folder = std::env::current_dir();
    folder.is_ok_and(|folder| {
        folder
            .ancestors()
            .any(|one| one.join("Cargo.toml").is_file())
    })
}

/// The modules that a system file wants to be static; that of the root without a text.
fn linked(place: &Place, text: Option<&[u8]>) -> Result<Vec<String>, Failure> {
    let system = match text {
        Some(text) => {
            let system = dlkm_system::SystemFile::parse(text);
            Some(system.map_err(|error| Failure::of(Message::System, error))?)
        }
        None => place.root.system()?,
    };
    let lines = system.iter().flat_map(|system| system.modules());
    let linked = lines.filter(|line| line.choice == Choice::Static);
    let mut names: Vec<_> = linked.map(|line| line.name.replace('-', "_")).collect();
    names.sort();
    Ok(names)
}

/// config(1M), `-S`: "Statically link all kernel modules into the kernel file", those that are
/// configured as loadable.
fn all_static(place: &Place, text: &[u8]) -> Result<Vec<u8>, Failure> {
    let inventory = Inventory::read(&place.root)?;
    let system = dlkm_system::SystemFile::parse(text);
    let system = system.map_err(|error| Failure::of(Message::System, error))?;
    let view = View::with(
        Place {
            root: place.root.clone(),
            kernels: Vec::new(),
        },
        Some(system),
    )?;
    let wanted = view.statuses().into_iter().filter(|one| {
        let loadable = matches!(one.next.state, State::Auto | State::Loaded);
        loadable && one.module.capable().contains(&State::Static)
    });
    let changes: Vec<_> = wanted
        .map(|one| {
            let mut change = ModuleChange::new(&one.module.name);
            change.choice = Some(Choice::Static);
            Change::Module(change)
        })
        .collect();
    let plan = Plan::new(Some(text), &inventory, &changes, PlanOptions::default())?;
    Ok(plan.text().to_vec())
}

/// Lets `cargo dlkm build` follow the system file of the root.
fn build(place: &Place) -> Result<(), Failure> {
    let failed = |text: String| Err(Failure::of(Message::NotBuilt, text));
    let root = match std::fs::canonicalize(place.root.path()) {
        Ok(root) => root,
        Err(error) => return failed(format!("{}: {error}", place.root.path().display())),
    };
    // Beside this program, as cargo installs both.
    let beside = std::env::current_exe().ok();
    let beside = beside.map(|program| program.with_file_name("cargo-dlkm"));
    let program = beside.filter(|program| program.is_file());
    let program = program.unwrap_or_else(|| "cargo-dlkm".into());
    let mut command = Command::new(&program);
    command.args(["dlkm", "build", "--root"]).arg(&root);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => failed(format!(
            "the system file `{}` counts from the next boot on, but the build has failed; mend it, \
             and run `cargo dlkm build --root {}`",
            root.join(FILE_NAME).display(),
            root.display()
        )),
        Err(error) => failed(format!(
            "{} can't be started: {error}; install it with `cargo install dlkm-tools`",
            program.display()
        )),
    }
}

/// The second form: modules alone.
fn modules(options: &Args, place: &Place) -> Result<ExitCode, Failure> {
    let (inventory, _) = crate::view::inventory(&place.root, place.kernels.clone())?;
    let text = place.root.system_text()?;
    // A change of nothing: what would be refused for a module is refused for it now.
    let changes = options.modules.iter();
    let changes: Vec<_> = changes
        .map(|name| Change::Module(ModuleChange::new(name)))
        .collect();
    Plan::new(
        text.as_deref(),
        &inventory,
        &changes,
        PlanOptions::default(),
    )?;
    if options.update {
        return kmupdate::update(place, &options.modules, When::Either);
    }
    message::note(
        Message::Fits,
        "the modules fit; `kmupdate -M` lets running kernels use them",
    );
    Ok(ExitCode::SUCCESS)
}
