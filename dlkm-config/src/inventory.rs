//! The modules that can be configured: those with an image in the root, and those linked into the
//! host.

use std::cmp::Ordering;
use std::fmt;
use std::path::PathBuf;

use dlkm_metadata::{Metadata, ModuleState, Phase, ReadError, TunableInfo, Want};
use dlkm_system::{State, same_name};
use semver::VersionReq;

use crate::error::Error;
use crate::root::Root;

/// What a module's metadata says about its configuration.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Installed {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its author's description; may be empty.
    pub desc: String,
    /// The states that its author supports.
    pub states: Vec<ModuleState>,
    /// The phases in which it can be loaded, in their order.
    pub phases: Vec<Phase>,
    /// Whether the host can't do without it, so that it can't be unused.
    pub required: bool,
    /// Whether it is linked into the host.
    pub linked: bool,
    /// What it needs.
    pub needs: Vec<Need>,
    /// The modules that are loaded before or after it, if they are there.
    pub wants: Vec<Want>,
    /// The names of modules that must be there, and are not loaded for it.
    pub weak: Vec<String>,
    /// The interfaces that it provides.
    pub interfaces: Vec<Provided>,
    /// Its tunables.
    pub tunables: Vec<TunableInfo>,
    /// The module that it has stubs of, if it is an autoload stub module.
    pub stub_of: Option<String>,
}

/// An interface that a module provides.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provided {
    /// Its name.
    pub name: String,
    /// The version of the crate that declares it.
    pub version: String,
}

impl Provided {
    /// An interface of a version.
    pub fn new(name: &str, version: &str) -> Self {
        let (name, version) = (name.to_owned(), version.to_owned());
        Provided { name, version }
    }
}

/// A module or an interface that a module needs.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Need {
    /// What it is.
    pub on: On,
    /// Its name.
    pub name: String,
    /// The versions that fit, of the module or of the interface; `None` for any.
    pub range: Option<VersionReq>,
}

impl Need {
    /// A need for any version.
    pub fn new(on: On, name: &str) -> Self {
        let (name, range) = (name.to_owned(), None);
        Need { on, name, range }
    }
}

/// What a module can need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    /// A module.
    Module,
    /// Any module that provides an interface.
    Interface,
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            On::Module => "module",
            On::Interface => "interface",
        })
    }
}

impl Installed {
    /// From the metadata of a module's image, or of a module that is linked into the host.
    pub fn of(metadata: &Metadata) -> Self {
        let modules = metadata.depends().iter();
        let mut needs: Vec<_> = modules.map(|name| Need::new(On::Module, name)).collect();
        for required in metadata.requires() {
            let range = required.range().cloned();
            let known = needs.iter_mut().find(|need| {
                need.on == On::Module && !required.is_interface() && need.name == required.name()
            });
            match known {
                Some(need) => need.range = range,
                None => needs.push(Need {
                    on: if required.is_interface() {
                        On::Interface
                    } else {
                        On::Module
                    },
                    name: required.name().to_owned(),
                    range,
                }),
            }
        }
        Installed {
            name: metadata.name().to_owned(),
            version: metadata.version().to_owned(),
            desc: metadata.desc().to_owned(),
            states: metadata.states().to_vec(),
            phases: metadata.phases().to_vec(),
            required: metadata.is_critical(),
            linked: false,
            needs,
            wants: metadata.wants().to_vec(),
            weak: metadata.weak().to_vec(),
            interfaces: metadata
                .interfaces()
                .iter()
                .map(|one| Provided::new(one.name(), one.version()))
                .collect(),
            tunables: metadata.tunables().to_vec(),
            stub_of: metadata.stub_of().map(str::to_owned),
        }
    }

    /// A module that is linked into a host, as far as a running kernel describes it.
    pub fn linked(name: &str, version: &str, desc: &str) -> Self {
        Installed {
            name: name.to_owned(),
            version: version.to_owned(),
            desc: desc.to_owned(),
            states: vec![ModuleState::Static],
            phases: Phase::ALL.to_vec(),
            required: false,
            linked: true,
            needs: Vec::new(),
            wants: Vec::new(),
            weak: Vec::new(),
            interfaces: Vec::new(),
            tunables: Vec::new(),
            stub_of: None,
        }
    }

    /// The states that can be chosen for it. `unused` is missing if it is required.
    ///
    /// kcmodule(1M): whether a module is required shows in that `unused` is absent from *capable*.
    pub fn capable(&self) -> Vec<State> {
        let supports = |state| self.states.contains(&state);
        let all = State::ALL.into_iter().filter(|state| match state {
            State::Unused => !self.required,
            State::Static => supports(ModuleState::Static),
            State::Loaded => supports(ModuleState::Loaded),
            State::Auto => supports(ModuleState::Auto),
            _ => false,
        });
        all.collect()
    }

    /// The tunable of that name.
    pub fn tunable(&self, key: &str) -> Option<&TunableInfo> {
        let mut tunables = self.tunables.iter();
        tunables.find(|one| same_name(one.name(), key))
    }
}

/// A file in the module root that is no usable image.
#[derive(Debug)]
#[non_exhaustive]
pub struct DamagedImage {
    /// The file.
    pub file: PathBuf,
    /// What is wrong with it.
    pub problem: ImageProblem,
}

/// What is wrong with an image.
#[derive(Debug)]
#[non_exhaustive]
pub enum ImageProblem {
    /// Its metadata can't be read.
    Unreadable(ReadError),
    /// It is the image of another module than its name says.
    Name(String),
}

impl fmt::Display for DamagedImage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`: ", self.file.display())?;
        match &self.problem {
            ImageProblem::Unreadable(error) => write!(f, "{error}; install it again"),
            ImageProblem::Name(name) => {
                write!(f, "this is the image of `{name}`; name it `{name}.so`")
            }
        }
    }
}

/// The modules that can be configured.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # std::fs::write(folder.path().join("shm.so"), "")?;
/// use dlkm_config::{Inventory, Root};
///
/// let inventory = Inventory::read(&Root::open(folder.path())?)?;
/// assert!(inventory.modules().is_empty());
/// let damaged = inventory.damaged()[0].to_string();
/// assert!(damaged.ends_with("; install it again"), "{damaged}");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct Inventory {
    /// Sorted by name.
    modules: Vec<Installed>,
    damaged: Vec<DamagedImage>,
}

impl Inventory {
    /// Reads the metadata of all images in a root. None of their code runs.
    ///
    /// # Errors
    /// The folder can't be listed. An image that can't be read is no error: it is in
    /// [`damaged`](Self::damaged).
    pub fn read(root: &Root) -> Result<Self, Error> {
        let names = root
            .files
            .list(&root.path)
            .map_err(Error::io("listed", &root.path))?;
        let mut inventory = Inventory::default();
        for name in names {
            let file = root.path.join(&name);
            let Some(module) = name.to_str().and_then(|name| name.strip_suffix(".so")) else {
                continue;
            };
            if module.is_empty() || module.starts_with('.') {
                continue;
            }
            let problem = match Metadata::read(&file) {
                Ok(metadata) if same_name(metadata.name(), module) => {
                    inventory.modules.push(Installed::of(&metadata));
                    continue;
                }
                Ok(metadata) => ImageProblem::Name(metadata.name().to_owned()),
                Err(error) => ImageProblem::Unreadable(error),
            };
            inventory.damaged.push(DamagedImage { file, problem });
        }
        inventory.damaged.sort_by(|a, b| a.file.cmp(&b.file));
        Ok(inventory.sorted())
    }

    /// These modules.
    pub fn new(modules: Vec<Installed>) -> Self {
        let damaged = Vec::new();
        Inventory { modules, damaged }.sorted()
    }

    fn sorted(mut self) -> Self {
        self.modules.sort_by(|a, b| order(&a.name, &b.name));
        self.modules.dedup_by(|a, b| same_name(&a.name, &b.name));
        self
    }

    /// Says that a module is linked into the host. It counts in place of an image of that name.
    pub fn link(&mut self, mut module: Installed) {
        module.linked = true;
        self.modules
            .retain(|one| !same_name(&one.name, &module.name));
        self.modules.push(module);
        self.modules.sort_by(|a, b| order(&a.name, &b.name));
    }

    /// All modules, sorted by name.
    pub fn modules(&self) -> &[Installed] {
        &self.modules
    }

    /// The module of that name.
    pub fn module(&self, name: &str) -> Option<&Installed> {
        let at = self.modules.binary_search_by(|one| order(&one.name, name));
        Some(&self.modules[at.ok()?])
    }

    /// The modules that could meet a need, each with the version that its range is compared with: that
    /// of the module, or of the interface.
    pub(crate) fn candidates(&self, need: &Need) -> Vec<(&Installed, &str)> {
        match need.on {
            On::Module => {
                let module = self.module(&need.name).into_iter();
                module.map(|one| (one, &*one.version)).collect()
            }
            On::Interface => {
                let providers = self.modules.iter().filter_map(|module| {
                    let mut all = module.interfaces.iter();
                    let provided = all.find(|one| one.name == need.name)?;
                    Some((module, &*provided.version))
                });
                providers.collect()
            }
        }
    }

    /// The images that can't be used, sorted by file.
    pub fn damaged(&self) -> &[DamagedImage] {
        &self.damaged
    }
}

/// `-` and `_` count as one.
fn order(one: &str, other: &str) -> Ordering {
    let plain = |byte: u8| if byte == b'-' { b'_' } else { byte };
    one.bytes().map(plain).cmp(other.bytes().map(plain))
}
