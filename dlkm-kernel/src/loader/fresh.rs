//! Opens an image in its initial state, as in its file, whatever is mapped already, and whatever has
//! happened to the file's name since the file was checked.
//!
//! The dynamic linker gets a name that leads to the open file, and that no object has had before.
//! It returns an object that it has already mapped if the inode is equal: an image that it could not
//! unmap (because of pending thread-local destructors, or `NODELETE`), with its old statics. In this
//! case dlkm opens a copy of the file in memory. An image that was verified is such a copy already.

use std::path::{Path, PathBuf};

use dlkm_metadata::Libraries;
use libloading::os::unix::Library;

use super::OpenFile;
use crate::error::{Cause, Failed, LinkerError, cause};
use crate::os::{self, LinkFile};

/// An image that was opened.
#[derive(Debug)]
pub(super) struct Opened {
    pub(super) library: Library,
    /// The file whose name debuggers and backtraces have for the image, unless that is its path in
    /// the module root. It stays open as long as the image, so that they find it.
    pub(super) file: Option<LinkFile>,
    pub(super) is_copy: bool,
}

/// Opens a file that was checked, or a copy of it in memory.
pub(super) fn open(image: OpenFile) -> Result<Opened, Failed> {
    let is_copy = image.is_sealed();
    let (path, file, libraries) = image.into_parts();
    let path = &*path;
    // Open until the image is: then it keeps those that it needs.
    let _libraries = beside(path, &libraries)?;
    let no_name = |source| {
        Cause::from(cause::Proc {
            file: path.to_owned(),
            source,
        })
    };
    if is_copy {
        return open_copy(LinkFile::new(file, Path::new("")).map_err(no_name)?, path);
    }
    let file = LinkFile::new(file, path).map_err(no_name)?;
    // Twice: an image that was only kept for a thread's destructors may be unused by now, and
    // the close at the end of the first attempt unmaps it; or another thread may have just closed
    // an object whose address this one got.
    for _ in 0..2 {
        // SAFETY: the file is in the module root, so its constructors and destructors are
        // trusted: promise 1 of `ModuleRoot::trusted`.
        let opened = unsafe { os::open_anew(&file, path) };
        if let Some((library, shows_path)) = opened.map_err(|error| failed(error, &file, path))? {
            return Ok(Opened {
                library,
                file: (!shows_path).then_some(file),
                is_copy: false,
            });
        }
    }
    let copy = file.copy(path).map_err(|source| {
        Cause::from(cause::Copy {
            file: path.to_owned(),
            source,
        })
    })?;
    open_copy(copy, path)
}

/// Opens a copy, which has an inode of its own, so that it is not mapped yet.
fn open_copy(copy: LinkFile, path: &Path) -> Result<Opened, Failed> {
    // SAFETY: a copy of a file of the module root, which is trusted: promise 1 of
    // `ModuleRoot::trusted`.
    let opened = unsafe { os::open(&copy) };
    Ok(Opened {
        library: opened.map_err(|error| failed(error, &copy, path))?,
        file: Some(copy),
        is_copy: true,
    })
}

/// Opens the libraries that the image has beside itself. The dynamic linker would look for them
/// beside the name by which it opens the image; so it finds them mapped, by their own names
/// (`DT_SONAME`).
fn beside(path: &Path, libraries: &Libraries) -> Result<Vec<Library>, Failed> {
    let mut opened = Vec::new();
    for file in self::libraries(path, libraries) {
        // SAFETY: what an image of the module root is linked to is trusted as it is: promise 1
        // of `ModuleRoot::trusted`.
        let library = unsafe { os::open_library(&file) };
        opened.push(library.map_err(|error| {
            Cause::from(cause::Open {
                file: path.to_owned(),
                source: LinkerError::new(error),
            })
        })?);
    }
    Ok(opened)
}

/// The libraries that the image has beside itself, and that are not mapped yet.
pub(super) fn libraries(path: &Path, libraries: &Libraries) -> Vec<PathBuf> {
    // As the dynamic linker, which does not trust a folder in a program with more rights than its
    // user.
    if libraries.names().next().is_none() || os::has_more_rights() {
        return Vec::new();
    }
    let folders = libraries.folders(path.parent().unwrap_or(Path::new("/")));
    let found = libraries.names().filter_map(|name| {
        let mut files = folders.iter().map(|folder| folder.join(name));
        files
            .find(|file| os::is_there(file))
            .filter(|_| !os::is_mapped(name))
    });
    found.collect()
}

fn failed(error: libloading::Error, opened: &LinkFile, path: &Path) -> Cause {
    match opened.check() {
        Err(source) => Cause::from(cause::Proc {
            file: path.to_owned(),
            source,
        }),
        Ok(()) => Cause::from(cause::Open {
            file: path.to_owned(),
            source: LinkerError::new(error).about(opened.path(), path),
        }),
    }
}
