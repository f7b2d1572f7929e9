//! A module root whose configuration is read.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dlkm_system::{FILE_NAME, SystemFile};

use crate::disk::Disk;
use crate::edit::EditError;
use crate::error::Error;
use crate::file_system::{FileSystem, Kind};

/// A module root: the folder with the installed images, and with the files that say how they are
/// used. Reading needs no lock, since each file is replaced in one step.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path();
/// use dlkm_config::Root;
///
/// let root = Root::open(path)?;
/// assert!(root.system()?.is_none(), "without the file, each module is `best`");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Root {
    pub(crate) path: PathBuf,
    pub(crate) files: Arc<dyn FileSystem>,
}

impl Root {
    /// Opens a module root.
    ///
    /// # Errors
    /// It does not exist, or is not a folder.
    pub fn open(path: &Path) -> Result<Self, Error> {
        Root::with(path, Arc::new(Disk))
    }

    /// Like [`open`](Self::open), on another file system, as tests need it.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn with(path: &Path, files: Arc<dyn FileSystem>) -> Result<Self, Error> {
        let kind = match files.kind(path).map_err(Error::io("read", path))? {
            // The root itself may be a symbolic link to a folder.
            Some(Kind::Link) => files.list(path).ok().map(|_| Kind::Folder),
            kind => kind,
        };
        let path = path.to_owned();
        match kind {
            Some(Kind::Folder) => Ok(Root { path, files }),
            _ => Err(Error::NoRoot(path)),
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The text of the system file; `None` if there is none.
    ///
    /// # Errors
    /// It can't be read, is larger than
    /// [`limits::FILE`](dlkm_system::limits::FILE), or is not a regular file.
    pub fn system_text(&self) -> Result<Option<Vec<u8>>, Error> {
        self.text(FILE_NAME, dlkm_system::limits::FILE)
    }

    /// The content of the system file; `None` if there is none. It describes the next boot.
    ///
    /// # Errors
    /// As [`system_text`](Self::system_text), or a line of it can't be understood.
    pub fn system(&self) -> Result<Option<SystemFile>, Error> {
        let Some(text) = self.system_text()? else {
            return Ok(None);
        };
        self.parse(FILE_NAME, &text).map(Some)
    }

    /// Understands the text of a system file of this root.
    pub(crate) fn parse(&self, name: &str, text: &[u8]) -> Result<SystemFile, Error> {
        let file = self.path.join(name);
        SystemFile::parse(text).map_err(|source| Error::System { file, source })
    }

    /// The bytes of a file of this root; `None` if it does not exist.
    pub(crate) fn text(&self, name: &str, most: u64) -> Result<Option<Vec<u8>>, Error> {
        let file = self.path.join(name);
        match self.files.read(&file, most) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::io("read", &file)(error)),
        }
    }

    /// The error of an edit of one of this root's files.
    pub(crate) fn edit_error(&self, name: &str) -> impl FnOnce(EditError) -> Error {
        let file = self.path.join(name);
        move |source| Error::Edit { file, source }
    }

    /// A change that was committed, and could not be finished.
    pub(crate) fn unfinished(&self, error: Error) -> Error {
        let (root, source) = (self.path.clone(), Box::new(error));
        Error::Unfinished { root, source }
    }
}
