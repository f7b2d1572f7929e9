//! Opens an image so that it starts as its file says, whatever is mapped already.
//!
//! The dynamic linker hands out what it has, by name and then by inode: an image that it could
//! not unmap (thread-local destructors that are still to run, `NODELETE`), with the statics of
//! before; a file that was replaced since, with the code of before. Then a copy of the file in
//! memory is opened, under a name that nothing mapped has.

use std::io;
use std::path::Path;

use libloading::os::unix::Library;

use crate::error::{Cause, LinkerError};
use crate::os::{self, MemoryFile};

/// What was opened, with the copy if it is one.
pub(super) fn open(file: &Path) -> Result<(Library, Option<MemoryFile>), Cause> {
    let failed = |error| Cause::Open {
        file: file.to_owned(),
        source: LinkerError::new(error),
    };
    // Twice: an image that was only kept for a thread's destructors may be free by now, which
    // the close at the end of the first attempt lets go; or another thread may have closed an
    // object just now in whose place this one came.
    for _ in 0..2 {
        // SAFETY: the file's constructors run; the host's author vouched for the files of the
        // module root when making `ModuleRoot`.
        if let Some(library) = unsafe { os::open_anew(file) }.map_err(failed)? {
            return Ok((library, None));
        }
    }
    let copy = copy(file).map_err(|source| Cause::Copy {
        file: file.to_owned(),
        source,
    })?;
    // SAFETY: as above, and it has the file's bytes.
    let library = unsafe { os::open(copy.path()) }.map_err(failed)?;
    Ok((library, Some(copy)))
}

/// The name of an earlier copy may still be that of something mapped, if its number is free
/// again.
fn copy(file: &Path) -> io::Result<MemoryFile> {
    let mut copy = MemoryFile::copy(file)?;
    while os::is_mapped(copy.path()) {
        copy = copy.renamed()?;
    }
    Ok(copy)
}
