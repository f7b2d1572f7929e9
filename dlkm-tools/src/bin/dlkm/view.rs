//! What is known of a module root: its files, and what runs on it.

use std::path::Path;

use dlkm_client::{Record, Request, Running};
use dlkm_config::{Following, Installed, Inventory, ModuleStatus, Present, Refusal, Root};
use dlkm_system::{Cause, State, SystemFile};

use crate::failure::Failure;
use crate::message::Message;
use crate::place::Place;

/// A running kernel, and what it says of its modules.
#[derive(Debug)]
pub(crate) struct KernelView {
    pub(crate) running: Running,
    pub(crate) modules: Vec<Record>,
    pub(crate) following: Following,
    /// What it followed when its host began to be reachable; `None` if it does not say.
    pub(crate) booted: Option<Following>,
}

/// A module root, and the kernels that run on it.
#[derive(Debug)]
pub(crate) struct View {
    pub(crate) root: Root,
    pub(crate) system: Option<SystemFile>,
    pub(crate) inventory: Inventory,
    pub(crate) kernels: Vec<KernelView>,
}

impl View {
    pub(crate) fn find(root: Option<&Path>) -> Result<Self, Failure> {
        View::of(Place::find(root)?)
    }

    pub(crate) fn of(place: Place) -> Result<Self, Failure> {
        let system = place.root.system()?;
        View::with(place, system)
    }

    /// With another system file than that of the root.
    pub(crate) fn with(place: Place, system: Option<SystemFile>) -> Result<Self, Failure> {
        let Place { root, kernels } = place;
        let (inventory, kernels) = inventory(&root, kernels)?;
        Ok(View {
            root,
            system,
            inventory,
            kernels,
        })
    }

    /// The same root with a saved configuration in the place of the system file. No kernel runs on it.
    pub(crate) fn saved(root: Option<&Path>, name: &str) -> Result<Self, Failure> {
        let mut view = View::find(root)?;
        let text = view.root.saved_text(name)?;
        let system = SystemFile::parse(&text);
        let system = system.map_err(|error| {
            Failure::of(
                Message::System,
                format_args!("the saved configuration `{name}`, {error}"),
            )
        })?;
        view.system = Some(system);
        view.kernels.clear();
        Ok(view)
    }

    pub(crate) fn pick(root: Option<&Path>, saved: Option<&str>) -> Result<Self, Failure> {
        match saved {
            Some(name) => View::saved(root, name),
            None => View::find(root),
        }
    }

    /// How all modules stand. Of several kernels, the one counts that waits for the next boot.
    pub(crate) fn statuses(&self) -> Vec<ModuleStatus<'_>> {
        let modules = self.inventory.modules().iter();
        modules.map(|module| self.status_of(module)).collect()
    }

    pub(crate) fn status_of<'a>(&self, module: &'a Installed) -> ModuleStatus<'a> {
        let of = |kernel| ModuleStatus::of(module, self.system.as_ref(), kernel);
        let mut all = self.kernels.iter().map(|one| of(Some(&one.following)));
        let first = all.next().unwrap_or_else(|| of(None));
        match first.differs() {
            true => first,
            false => all.find(ModuleStatus::differs).unwrap_or(first),
        }
    }

    /// The module of that name, or the error that names those that may be meant.
    pub(crate) fn module(&self, name: &str) -> Result<&Installed, Failure> {
        self.inventory
            .module(name)
            .ok_or_else(|| Failure::Refused(vec![Refusal::unknown_module(name, &self.inventory)]))
    }

    /// The name of a module as its author writes it: `-` and `_` are one. An unknown name stays.
    pub(crate) fn spelled<'a>(&'a self, name: &'a str) -> &'a str {
        self.inventory
            .module(name)
            .map_or(name, |module| &module.name)
    }

    /// What kernels say of a module.
    pub(crate) fn records<'a>(
        &'a self,
        name: &'a str,
    ) -> impl Iterator<Item = (&'a KernelView, &'a Record)> {
        self.kernels.iter().filter_map(move |kernel| {
            let mut records = kernel.modules.iter();
            let record = records.find(|one| {
                one.get("name")
                    .is_some_and(|other| dlkm_system::same_name(other, name))
            })?;
            Some((kernel, record))
        })
    }
}

/// All modules: those with an image, and those that are linked into a running host.
pub(crate) fn inventory(
    root: &Root,
    kernels: Vec<Running>,
) -> Result<(Inventory, Vec<KernelView>), Failure> {
    let mut inventory = Inventory::read(root)?;
    let mut views = Vec::new();
    for running in kernels {
        // A kernel that ends meanwhile is none.
        let Ok(modules) = running.ask(&Request::new(&["modules"])) else {
            continue;
        };
        let Ok(file) = running.ask(&Request::new(&["configuration"])) else {
            continue;
        };
        for record in &modules {
            if record.get("static") == Some("yes") {
                let field = |key| record.get(key).unwrap_or_default();
                let (name, version) = (field("name"), field("version"));
                let mut linked = Installed::linked(name, version, field("desc"));
                linked.stub_of = record.get("stub-of").map(str::to_owned);
                inventory.link(linked);
            }
        }
        let following = Following {
            system: file.first().and_then(system),
            present: modules.iter().filter_map(present).collect(),
        };
        // A server of protocol 1.0 does not know it.
        let booted = running.ask(&Request::new(&["boot-configuration"])).ok();
        let booted = booted.map(|file| Following {
            system: file.first().and_then(system),
            present: Vec::new(),
        });
        views.push(KernelView {
            running,
            modules,
            following,
            booted,
        });
    }
    Ok((inventory, views))
}

/// The file whose lines a record has.
fn system(record: &Record) -> Option<SystemFile> {
    let lines: Vec<_> = record.all("line").collect();
    SystemFile::parse(lines.join("\n").as_bytes()).ok()
}

fn present(record: &Record) -> Option<Present> {
    let is_static = record.get("static") == Some("yes");
    if !is_static && record.get("state") != Some("loaded") {
        return None;
    }
    let causes = [
        Cause::Explicit,
        Cause::Best,
        Cause::Auto,
        Cause::Required,
        Cause::Depend,
    ];
    let word = record.get("cause");
    let cause = causes.into_iter().find(|one| Some(one.as_str()) == word);
    Some(Present {
        name: record.get("name")?.to_owned(),
        state: if is_static {
            State::Static
        } else {
            State::Loaded
        },
        cause,
    })
}

impl KernelView {
    pub(crate) fn pid(&self) -> u32 {
        self.running.pid().unwrap_or_default()
    }
}

/// Asks a kernel.
pub(crate) fn ask(running: &Running, request: &Request) -> Result<Vec<Record>, Failure> {
    running.ask(request).map_err(|source| Failure::Kernel {
        pid: running.pid().unwrap_or_default(),
        source,
    })
}
