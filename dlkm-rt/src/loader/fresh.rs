//! Opens an image in its initial state, as in its file, whatever is mapped already.
//!
//! The dynamic linker returns an object that it has already mapped if the name or the inode is
//! equal: an image that it could not unmap (because of pending thread-local destructors, or
//! `NODELETE`), with its old statics; or a file that was replaced since, with its old code. In
//! these cases dlkm opens a copy of the file in memory, under a name that no mapped object has.

use std::io;
use std::path::Path;

use libloading::os::unix::Library;

use crate::error::{Cause, LinkerError};
use crate::os::{self, MemoryFile};

/// Opens `file`, or a copy of it in memory; returns the library, and the copy if it made one.
pub(super) fn open(file: &Path) -> Result<(Library, Option<MemoryFile>), Cause> {
    let failed = |error| Cause::Open {
        file: file.to_owned(),
        source: LinkerError::new(error),
    };
    // Twice: an image that was only kept for a thread's destructors may be unused by now, and
    // the close at the end of the first attempt unmaps it; or another thread may have just closed
    // an object whose address this one got.
    for _ in 0..2 {
        // SAFETY: the file is in the module root, so its constructors and destructors are
        // trusted: promise 1 of `ModuleRoot::trusted`.
        if let Some(library) = unsafe { os::open_anew(file) }.map_err(failed)? {
            return Ok((library, None));
        }
    }
    let copy = copy(file).map_err(|source| Cause::Copy {
        file: file.to_owned(),
        source,
    })?;
    // SAFETY: a copy of a file of the module root, which is trusted: promise 1 of
    // `ModuleRoot::trusted`.
    let library = unsafe { os::open(copy.path()) }.map_err(failed)?;
    Ok((library, Some(copy)))
}

/// Copies the file into memory, under a name that no mapped object has. (An earlier copy may
/// still be mapped although its descriptor's number, and so its name, is free again.)
fn copy(file: &Path) -> io::Result<MemoryFile> {
    let mut copy = MemoryFile::copy(file)?;
    while os::is_mapped(copy.path()) {
        copy = copy.renamed()?;
    }
    Ok(copy)
}
