//! Which modules there are.

use std::path::{Path, PathBuf};

use super::ModuleRoot;
use crate::declare::module::Wrapper;
use crate::error::Cause;
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
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) metadata: Metadata,
    pub(crate) origin: Origin,
}

/// As the runtime's; there is no file that could be opened.
#[derive(Debug)]
pub(crate) enum OpenFile {}

/// As the runtime's.
#[derive(Debug)]
pub(crate) struct Serving {
    pub(crate) module: String,
    pub(crate) opened: Option<OpenFile>,
}

/// As the runtime's.
pub(crate) type Known = (String, Origin, Result<Metadata, Cause>);

/// The modules that are linked into the model.
#[derive(Debug)]
pub(crate) struct Catalog {
    root: ModuleRoot,
    linked: Vec<Metadata>,
}

impl Catalog {
    pub(crate) fn new(root: ModuleRoot, linked: Vec<(Metadata, &'static Wrapper)>) -> Self {
        let linked = linked.into_iter().map(|(metadata, _)| metadata).collect();
        Catalog { root, linked }
    }

    pub(crate) fn find(&self, name: &str, _: Option<OpenFile>) -> Result<Found, Cause> {
        if let Some(metadata) = next::of(name) {
            let origin = Origin::File(PathBuf::from(next::name(name)));
            return Ok(Found { metadata, origin });
        }
        let file = PathBuf::from(name);
        match self.linked.iter().find(|metadata| metadata.name() == name) {
            Some(metadata) => Ok(Found {
                metadata: metadata.clone(),
                origin: Origin::File(file),
            }),
            None => Err(Cause::Missing { file }),
        }
    }

    pub(crate) fn provider(&self, interface: &str) -> Result<Serving, Cause> {
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
