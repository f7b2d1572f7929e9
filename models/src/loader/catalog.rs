//! Which modules there are.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{Doubt, ModuleRoot, Trust};
use crate::declare::module::Wrapper;
use crate::error::{Cause, Failed};
use crate::metadata::Metadata;
use crate::next;

/// As the runtime's.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    Static(&'static Wrapper),
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

/// As the runtime's.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) metadata: Metadata,
    pub(crate) origin: Origin,
    pub(crate) image: Option<OpenFile>,
    pub(crate) doubt: Option<Doubt>,
}

impl Found {
    fn new(metadata: Metadata, file: PathBuf) -> Self {
        let image = Some(OpenFile(file.clone()));
        let origin = Origin::File(file);
        Found {
            metadata,
            origin,
            image,
            doubt: None,
        }
    }
}

/// As the runtime's; there is no file that could be opened, only its name.
#[derive(Debug)]
pub(crate) struct OpenFile(PathBuf);

impl OpenFile {
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A file without a build id, so that each upgrade is to another build.
    pub(crate) fn file(&self) -> &File {
        static NONE: OnceLock<File> = OnceLock::new();
        NONE.get_or_init(|| File::open("/dev/null").expect("the system has it"))
    }
}

/// As the runtime's.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) module: String,
    pub(crate) opened: Option<OpenFile>,
}

/// As the runtime's.
pub(crate) type Known = (String, Origin, Result<Metadata, Failed>);

/// The modules that are linked into the model.
#[derive(Debug)]
pub(crate) struct Catalog {
    root: ModuleRoot,
    linked: Vec<Metadata>,
}

impl Catalog {
    pub(crate) fn new(
        root: ModuleRoot,
        linked: Vec<(Metadata, &'static Wrapper)>,
        _: Trust,
    ) -> Self {
        let linked = linked.into_iter().map(|(metadata, _)| metadata).collect();
        Catalog { root, linked }
    }

    pub(crate) fn all_providers(
        &self,
        interface: &str,
        _: &dyn Fn(&str) -> bool,
    ) -> Result<Vec<Metadata>, Failed> {
        let provides = |metadata: &&Metadata| metadata.interface(interface).is_some();
        Ok(self.linked.iter().filter(provides).cloned().collect())
    }

    pub(crate) fn has(&self, _: &str) -> bool {
        true
    }

    pub(crate) fn names(&self) -> Vec<String> {
        Vec::new()
    }

    pub(crate) fn other_spelling(&self, _: &str) -> Option<String> {
        None
    }

    pub(crate) fn look(&self, name: &str) -> Result<Found, Failed> {
        self.find(name, None)
    }

    pub(crate) fn find(&self, name: &str, _: Option<OpenFile>) -> Result<Found, Failed> {
        if let Some(metadata) = next::of(name) {
            return Ok(Found::new(metadata, PathBuf::from(next::name(name))));
        }
        let file = PathBuf::from(name);
        match self.linked.iter().find(|metadata| metadata.name() == name) {
            Some(metadata) => Ok(Found::new(metadata.clone(), file)),
            None => Err(Cause::Missing { file }.into()),
        }
    }

    /// As the runtime's.
    pub(crate) fn linked_modules(&self) -> impl Iterator<Item = &Metadata> {
        self.linked.iter().take(0)
    }

    pub(crate) fn provider(
        &self,
        interface: &str,
        _: &dyn Fn(&str) -> bool,
    ) -> Result<Serving, Failed> {
        let mut providers = self
            .linked
            .iter()
            .filter(|metadata| metadata.interface(interface).is_some());
        let module = providers.next().map_or(interface, Metadata::name);
        Ok(Serving {
            module: module.to_owned(),
            opened: None,
        })
    }

    pub(crate) fn named(&self, _: &str) -> Option<Known> {
        None
    }

    pub(crate) fn all(&self) -> Vec<Known> {
        Vec::new()
    }

    pub(crate) fn root(&self) -> &ModuleRoot {
        &self.root
    }
}

/// As the runtime's; there are none.
pub(crate) struct Installed;

impl Installed {
    pub(crate) fn of(_: &Catalog) -> Option<Self> {
        None
    }

    pub(crate) fn metadata(&self, _: &str) -> Option<Metadata> {
        None
    }
}
