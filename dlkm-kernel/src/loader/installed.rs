//! A look at installed images, one after another: a boot looks at all of them to find the few that it
//! loads. Nothing of it is kept.

use super::Catalog;
use super::catalog::verified;
use super::open_file::OpenFile;
use super::root_files::folder_rights;
use crate::metadata::Metadata;
use crate::os::Rights;

/// The images of a root whose folder can be read.
pub(crate) struct Installed<'a> {
    catalog: &'a Catalog,
    /// Those of the folder, asked for once.
    rights: Option<Rights>,
}

impl<'a> Installed<'a> {
    /// The images of the catalog's root; `None` if its folder can't be read.
    pub(crate) fn of(catalog: &'a Catalog) -> Option<Self> {
        let rights = folder_rights(catalog.root()).ok()?;
        Some(Installed { catalog, rights })
    }

    /// What the image of that name says of itself; `None` if there is none that can be used.
    pub(crate) fn metadata(&self, name: &str) -> Option<Metadata> {
        let Installed { catalog, rights } = self;
        let file = catalog.file(name).ok()?;
        let image = OpenFile::open_in(catalog.root(), &|| Ok(*rights), file).ok()?;
        verified(image.listed().ok()?, image.path(), name).ok()
    }
}
