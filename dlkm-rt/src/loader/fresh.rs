//! Opens an image so that it starts as its file says, whatever is mapped already.
//!
//! The dynamic linker hands out what it has, by name and then by inode: an image that it could
//! not unmap (thread-local destructors that are still to run, `NODELETE`), with the statics of
//! before; a file that was replaced since, with the code of before. Then a copy of the file in
//! memory is opened, under a name that nothing mapped has.

use std::io;
use std::path::Path;

use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::error::Cause;
use crate::os::{self, MemoryFile};

/// What was opened, with the copy if it is one.
pub(super) fn open(file: &Path) -> Result<(Library, Option<MemoryFile>), Cause> {
    let copy = match os::is_mapped(file) {
        false => None,
        true => Some(copy(file).map_err(|source| Cause::Copy {
            file: file.to_owned(),
            source,
        })?),
    };
    let name = copy.as_ref().map_or(file, MemoryFile::path);
    // NOW: a symbol that is missing is an error here, not a signal in some later call.
    // LOCAL: two images never see each other's symbols.
    // SAFETY: the file's constructors run; the host's author vouched for the files of
    // the module root when making `ModuleRoot`.
    let library = unsafe { Library::open(Some(name), RTLD_NOW | RTLD_LOCAL) };
    match library {
        Ok(library) => Ok((library, copy)),
        Err(source) => Err(Cause::Open {
            file: file.to_owned(),
            source,
        }),
    }
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
