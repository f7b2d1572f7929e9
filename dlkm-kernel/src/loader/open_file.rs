//! An image file that is open: what is checked, and then mapped, whatever becomes of its name.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use dlkm_metadata::Libraries;

use super::{ModuleRoot, exposure, root_files};
use crate::error::{Failed, cause};
use crate::metadata::{Metadata, ReadError};
use crate::os::{self, About, FileId, Rights, Stamp};
use crate::own_build::OWN;

/// An open file, and its path in the module root.
#[derive(Debug)]
pub(crate) struct OpenFile {
    path: PathBuf,
    file: File,
    /// What the system said of `file` when it was opened; `None` for a sealed copy.
    about: Option<About>,
    /// Libraries beside it; known when its metadata has been read.
    libraries: Libraries,
    /// Whether `file` is a sealed copy in memory of the file at `path`, which was verified.
    is_sealed: bool,
}

impl OpenFile {
    /// Opens the file, without waiting for anything, and checks who may write to it and to `root`.
    pub(super) fn open(root: &ModuleRoot, path: PathBuf) -> Result<Self, (PathBuf, Failed)> {
        Self::open_in(root, &|| root_files::folder_rights(root), path)
    }

    /// The same, where `folder` returns the rights of `root`: for many files, they are asked for once.
    pub(super) fn open_in(
        root: &ModuleRoot,
        folder: &dyn Fn() -> io::Result<Option<Rights>>,
        path: PathBuf,
    ) -> Result<Self, (PathBuf, Failed)> {
        let opened = Metadata::open(&path).and_then(|file| {
            let about = About::of(&file).and_then(|about| Ok((about, folder()?)));
            Ok((file, about.map_err(ReadError::Io)?))
        });
        let (file, (about, of_root)) = match opened {
            Ok(opened) => opened,
            Err(source) => {
                let file = path.clone();
                return Err((path, cause::Metadata { file, source }.into()));
            }
        };
        let checked = of_root.map_or(Ok(()), |of_root| {
            let (user, of_file) = (os::user(), about.rights());
            exposure::check(root.path().unwrap_or(Path::new("")), of_root, user)?;
            // Anything else is refused in any case, for what it is.
            match of_file.is_file {
                true => exposure::check(&path, of_file, user),
                false => Ok(()),
            }
        });
        match checked {
            Ok(()) => Ok(OpenFile {
                path,
                file,
                about: Some(about),
                libraries: Libraries::default(),
                is_sealed: false,
            }),
            Err(error) => Err((path, error)),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// Which file it is; `None` for a sealed copy.
    pub(super) fn id(&self) -> Option<FileId> {
        self.about.map(|about| about.id())
    }

    /// When it was last changed; `None` for a sealed copy.
    pub(super) fn stamp(&self) -> Option<Stamp> {
        self.about.map(|about| about.stamp())
    }

    /// Reads what the file says of itself, running none of its code.
    pub(super) fn metadata(&mut self) -> Result<Metadata, Failed> {
        let read = Metadata::read_for(&self.file, self.length(), &OWN);
        let (metadata, libraries) = read.map_err(|source| self.unreadable(source))?;
        self.libraries = libraries;
        Ok(metadata)
    }

    /// The same for a list, which needs less of the file than a load.
    pub(super) fn listed(&self) -> Result<Metadata, Failed> {
        let read = Metadata::list_for(&self.file, self.length(), &OWN);
        read.map_err(|source| self.unreadable(source))
    }

    /// The length of the file, if it is known.
    fn length(&self) -> Option<u64> {
        self.about.and_then(|about| about.length())
    }

    fn unreadable(&self, source: ReadError) -> Failed {
        let file = self.path.clone();
        cause::Metadata { file, source }.into()
    }

    /// The libraries beside it, if its metadata has been read.
    #[cfg(feature = "verify")]
    pub(super) fn libraries(&self) -> &Libraries {
        &self.libraries
    }

    /// From now on this is a sealed copy of the file.
    #[cfg(feature = "verify")]
    pub(super) fn seal(&mut self, copy: File) {
        self.file = copy;
        self.about = None;
        self.is_sealed = true;
    }

    /// Whether this is a sealed copy of the file.
    pub(super) fn is_sealed(&self) -> bool {
        self.is_sealed
    }

    pub(super) fn into_parts(self) -> (PathBuf, File, Libraries) {
        (self.path, self.file, self.libraries)
    }
}
