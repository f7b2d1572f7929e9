//! Which modules exist, and the checks on a module before any of its code runs.

use std::io;
use std::path::{Path, PathBuf};

use dlkm_system::same_name;

use super::index::Index;
use super::{Doubt, ModuleRoot, OpenFile, Protocol, Trust, root_files};
use crate::declare::module::Wrapper;
use crate::error::{Cause, Failed, cause};
use crate::metadata::Metadata;
use crate::os;
use crate::primitive::{Mutex, lock};
use crate::sorted::sort_by;

/// The origin of a module's code.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// Linked into the host.
    Static(&'static Wrapper),
    /// In an image file.
    File(PathBuf),
}

impl Origin {
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Origin::Static(_) => None,
            Origin::File(file) => Some(file),
        }
    }
}

/// The module behind an interface.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) module: String,
    /// For [`Catalog::find`]: the module's image, if the search has opened it already.
    pub(crate) opened: Option<OpenFile>,
}

/// A verified module, which may be loaded.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) metadata: Metadata,
    pub(crate) origin: Origin,
    /// The very file that was verified; `None` for a static module.
    pub(crate) image: Option<OpenFile>,
    /// Why the image is not trusted, if the system file says to warn only.
    pub(crate) doubt: Option<Doubt>,
}

/// Whether the configuration lets a module of that name be used.
pub(crate) type Used<'a> = dyn Fn(&str) -> bool + 'a;

/// A module, a file that should be one, or the module root if it can't be read: its name, its
/// origin, and its metadata.
pub(crate) type Known = (String, Origin, Result<Metadata, Failed>);

/// The static modules, then the images of the module root. A static module hides an
/// image of the same name, as a built-in driver does.
#[derive(Debug)]
pub(crate) struct Catalog {
    root: ModuleRoot,
    linked: Vec<(Metadata, &'static Wrapper)>,
    trust: Trust,
    /// What the images of the root provide; filled when it is first needed.
    index: Mutex<Option<Index>>,
}

impl Catalog {
    pub(crate) fn new(
        root: ModuleRoot,
        linked: Vec<(Metadata, &'static Wrapper)>,
        trust: Trust,
    ) -> Self {
        Catalog {
            root,
            linked,
            trust,
            index: Mutex::new(None),
        }
    }

    /// Finds and verifies the module `name`, which is to be loaded. `opened` is its image, if it is
    /// open already.
    ///
    /// # Errors
    /// The module does not exist, it is not trusted, its metadata can't be read, or it fails a check.
    pub(crate) fn find(&self, name: &str, opened: Option<OpenFile>) -> Result<Found, Failed> {
        self.found(name, opened, Some(&self.trust))
    }

    /// Like [`find`](Self::find), for a module that is not to be loaded now: it may be one that is not
    /// trusted.
    pub(crate) fn look(&self, name: &str) -> Result<Found, Failed> {
        self.found(name, None, None)
    }

    fn found(
        &self,
        name: &str,
        opened: Option<OpenFile>,
        trust: Option<&Trust>,
    ) -> Result<Found, Failed> {
        if let Some(found) = self.linked(|metadata| metadata.name() == name) {
            return Ok(found);
        }
        let mut image = match opened {
            Some(image) => image,
            None => OpenFile::open(&self.root, self.file(name)?).map_err(|(file, cause)| {
                if os::is_there(&file) {
                    cause
                } else {
                    self.absent(&file)
                }
            })?,
        };
        let mut doubt = None;
        if let Some(trust) = trust {
            doubt = trust.check(&self.root, &mut image, name)?;
        }
        let metadata = verified(image.metadata()?, image.path(), name)?;
        if let (Some(trust), None) = (trust, &doubt) {
            doubt = trust.check_libraries(&image)?;
        }
        Ok(Found {
            metadata,
            origin: Origin::File(image.path().to_owned()),
            image: Some(image),
            doubt,
        })
    }

    /// Finds the module behind `interface`: the module of the same name if there is one,
    /// otherwise the only one that provides the interface; static modules first.
    ///
    /// Modules that are not `used` don't count, unless there is no other.
    ///
    /// # Errors
    /// No module provides the interface, or several do.
    pub(crate) fn provider(&self, interface: &str, used: &Used<'_>) -> Result<Serving, Failed> {
        let serving = |module: &str, opened| {
            Ok(Serving {
                module: module.to_owned(),
                opened,
            })
        };
        let own = || serving(interface, None);
        let linked = |metadata: &Metadata| metadata.name() == interface;
        let own_used = used(interface);
        if own_used && self.linked(linked).is_some() {
            return own();
        }
        let provides =
            |metadata: &Metadata| metadata.interface(interface).is_some() && used(metadata.name());
        let mut linked = self
            .linked
            .iter()
            .filter(|(metadata, _)| provides(metadata));
        match (linked.next(), linked.next()) {
            (Some((one, _)), None) => return serving(one.name(), None),
            (Some((one, first)), Some((other, second))) => {
                let place = |metadata: &Metadata, wrapper: &Wrapper| {
                    format!("`{}` at {}", metadata.name(), wrapper.declared_at)
                };
                return Err(cause::Ambiguous {
                    interface: interface.to_owned(),
                    modules: vec![place(one, first), place(other, second)],
                }
                .into());
            }
            (None, _) => {}
        }
        // A root or an image that can't be read is reported by the search for the module itself.
        let file = |interface| match own_used {
            true => self.file(interface),
            false => Err(Cause::NoRoot.into()),
        };
        let missing = match file(interface).map(|file| OpenFile::open(&self.root, file)) {
            Ok(Ok(image)) => return serving(interface, Some(image)),
            Ok(Err((file, _))) => {
                !os::is_there(&file) && matches!(*self.absent(&file), Cause::Missing { .. })
            }
            Err(cause) => matches!(*cause, Cause::Missing { .. }),
        };
        if (!missing && own_used) || self.root.path().is_none() {
            return own();
        }
        // Rare: a module that provides several interfaces, or one with another name.
        let mut index = lock(&self.index);
        let (module, others) = Index::current(&mut index, &self.root)
            .map(|index| index.providers(interface, used))
            .map_err(|source| root_error(&self.root, source))?;
        match module {
            None => own(),
            Some(module) if others.len() == 1 => serving(module, None),
            Some(_) => Err(cause::Ambiguous {
                interface: interface.to_owned(),
                modules: others
                    .iter()
                    .map(|file| format!("{}", file.display()))
                    .collect(),
            }
            .into()),
        }
    }

    /// The module of that name, or the file that should be one.
    pub(crate) fn named(&self, name: &str) -> Option<Known> {
        if let Some(found) = self.linked(|metadata| metadata.name() == name) {
            return Some((name.to_owned(), found.origin, Ok(found.metadata)));
        }
        let cause = match self.file(name) {
            Ok(file) if os::is_there(&file) => return Some(self.look_into(name.to_owned(), file)),
            Ok(file) => self.absent(&file),
            Err(cause) => cause,
        };
        self.unreadable(cause, Some(name))
    }

    /// Whether a module of exactly that name is linked in, or has a file.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.linked_modules().any(|one| one.name() == name)
            || self.file(name).is_ok_and(|file| os::is_there(&file))
    }

    /// The name of a module that differs in `-` and `_` only.
    pub(crate) fn other_spelling(&self, name: &str) -> Option<String> {
        let linked = self.linked_modules().map(|one| one.name().to_owned());
        let mut all = linked.chain(self.names());
        all.find(|one| same_name(one, name))
    }

    /// The names of the images of the root, sorted; it reads none of them.
    pub(crate) fn names(&self) -> Vec<String> {
        let files = root_files::files(&self.root).unwrap_or_default();
        let names = files
            .iter()
            .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()));
        let mut names: Vec<_> = names.collect();
        sort_by(&mut names, Ord::cmp);
        names
    }

    /// All modules, and all files that should be modules, sorted by name. A module root that can't
    /// be listed is among them, so that the list is not taken for complete.
    pub(crate) fn all(&self) -> Vec<Known> {
        let mut all: Vec<_> = self
            .linked
            .iter()
            .map(|(metadata, wrapper)| {
                let name = metadata.name().to_owned();
                (name, Origin::Static(wrapper), Ok(metadata.clone()))
            })
            .collect();
        let mut index = lock(&self.index);
        let images = self.absolute().and_then(|()| {
            let index = Index::renewed(&mut index, &self.root);
            index.map_err(|source| root_error(&self.root, source))
        });
        let images = match images {
            Ok(index) => index.images(),
            Err(cause) => {
                all.extend(self.unreadable(cause, None));
                &[]
            }
        };
        for image in images {
            let name = image.path.file_stem().unwrap_or_default();
            let name = name.to_string_lossy().into_owned();
            // No two files have one name.
            if self.linked(|metadata| metadata.name() == name).is_none() {
                let found = image.found.clone();
                let found = found.and_then(|metadata| verified(metadata, &image.path, &name));
                all.push((name, Origin::File(image.path.clone()), found));
            }
        }
        sort_by(&mut all, |one, other| one.0.cmp(&other.0));
        all
    }

    /// The metadata of all modules that provide `interface` and are `used`: those that are linked in,
    /// then the installed ones, sorted by name.
    ///
    /// # Errors
    /// The module root can't be listed.
    pub(crate) fn all_providers(
        &self,
        interface: &str,
        used: &Used<'_>,
    ) -> Result<Vec<Metadata>, Failed> {
        let provides = |metadata: &Metadata| metadata.interface(interface).is_some();
        let linked = self.linked_modules().filter(|one| provides(one));
        let mut all: Vec<_> = linked.filter(|one| used(one.name())).cloned().collect();
        if self.root.path().is_none() {
            return Ok(all);
        }
        self.absolute()?;
        let mut index = lock(&self.index);
        let index = Index::current(&mut index, &self.root)
            .map_err(|source| root_error(&self.root, source))?;
        let first = all.len();
        for metadata in index.all(interface) {
            let name = metadata.name();
            if used(name) && self.linked(|linked| linked.name() == name).is_none() {
                all.push(metadata.clone());
            }
        }
        sort_by(&mut all[first..], |one, other| one.name().cmp(other.name()));
        Ok(all)
    }

    pub(crate) fn root(&self) -> &ModuleRoot {
        &self.root
    }

    /// The modules that are linked into the host, in the linker's order.
    pub(crate) fn linked_modules(&self) -> impl Iterator<Item = &Metadata> {
        self.linked.iter().map(|(metadata, _)| metadata)
    }

    fn linked(&self, wanted: impl Fn(&Metadata) -> bool) -> Option<Found> {
        let (metadata, wrapper) = self.linked.iter().find(|(metadata, _)| wanted(metadata))?;
        Some(Found {
            metadata: metadata.clone(),
            origin: Origin::Static(wrapper),
            image: None,
            doubt: None,
        })
    }

    /// An error if the root's path would lead to another folder after a change of the working
    /// directory.
    fn absolute(&self) -> Result<(), Failed> {
        if self.root.path().is_none_or(Path::is_absolute) {
            return Ok(());
        }
        let text = "its path is empty, or relative to a working directory that is gone";
        let source = io::Error::new(io::ErrorKind::NotFound, text);
        Err(root_error(&self.root, source))
    }

    /// What is known of a module, or of all, if the module root can't be read.
    fn unreadable(&self, cause: Failed, module: Option<&str>) -> Option<Known> {
        let Cause::Root { root, .. } = &*cause else {
            return None;
        };
        let root = root.clone();
        let name = module.map_or_else(|| format!("{}", root.display()), str::to_owned);
        Some((name, Origin::File(root), Err(cause)))
    }

    /// The path of the image of that name.
    pub(super) fn file(&self, name: &str) -> Result<PathBuf, Failed> {
        self.absolute()?;
        // The name becomes part of a path: it must not lead elsewhere.
        let plain = !name.is_empty() && !name.contains(['/', '\\', '\0']) && name != "..";
        let file =
            root_files::file(&self.root, if plain { name } else { "?" }).ok_or(Cause::NoRoot)?;
        if plain {
            Ok(file)
        } else {
            Err(self.absent(&file))
        }
    }

    /// Reads and verifies a file that should be the image of module `name`.
    fn look_into(&self, name: String, file: PathBuf) -> Known {
        let metadata = OpenFile::open(&self.root, file.clone())
            .map_err(|(_, cause)| cause)
            .and_then(|mut image| verified(image.metadata()?, image.path(), &name));
        (name, Origin::File(file), metadata)
    }

    /// Distinguishes a missing root from a missing image.
    #[cold]
    fn absent(&self, file: &Path) -> Failed {
        match file.parent().map(Path::read_dir) {
            Some(Err(source)) => root_error(&self.root, source),
            _ => {
                let file = file.to_owned();
                cause::Missing { file }.into()
            }
        }
    }
}

fn root_error(root: &ModuleRoot, source: io::Error) -> Failed {
    let root = root.path().unwrap_or(Path::new("")).to_owned();
    cause::Root { root, source }.into()
}

/// Checks what an image says of itself, which should be that of the module `name`.
pub(super) fn verified(metadata: Metadata, file: &Path, name: &str) -> Result<Metadata, Failed> {
    let owned = || file.to_owned();
    if metadata.name() != name {
        let declared = metadata.name().to_owned();
        return Err(cause::WrongName {
            file: owned(),
            declared,
        }
        .into());
    }
    match Protocol::of(&metadata) {
        Ok(_) => Ok(metadata),
        Err(differences) => Err(cause::WrongBuild {
            file: owned(),
            differences,
        }
        .into()),
    }
}
