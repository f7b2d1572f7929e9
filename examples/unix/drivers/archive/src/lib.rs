//! The module `archive`: a file system that mounts a tar or zip archive, read-only.

mod content;
mod tar_index;
mod tree;
mod zip_index;

use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;

use dlkm_rt::{Errno, Held, module};
use unix_kernel::errno::{EINVAL, EIO};
use unix_kernel::{Error, Filesys, Mounted, printf};

use tree::Tree;

/// The file system.
pub struct Archive;

#[module(
    name = "archive",
    kind = "filesys",
    desc = "Archives as read-only file systems",
    keys = ["archive", "tar", "zip"],
    extensions = ["tar", "zip"],
    magic = [(257, b"ustar"), b"PK\x03\x04", b"PK\x05\x06"],
)]
impl Filesys for Archive {
    fn mount(special: &Path) -> Result<Held<Box<dyn Mounted>>, Error> {
        let refused = |error: &io::Error| {
            printf!("archive: {}: {error}", special.display());
            errno(error)
        };
        let tree = open(special).map_err(|error| refused(&error))?;
        Ok(Held::new(Box::new(tree)))
    }
}

fn open(special: &Path) -> io::Result<Tree> {
    let mut file = File::open(special)?;
    if !file.metadata()?.is_file() {
        return Err(damaged("it is not a file"));
    }
    let mut head = [0; 2];
    let read = file.read(&mut head)?;
    file.rewind()?;
    match &head[..read] {
        b"PK" => zip_index::read(file),
        _ => tar_index::read(file),
    }
}

/// The error of an archive that can't be understood.
fn damaged(why: impl Into<String>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.into())
}

/// The system's number, or that of a damaged file system.
fn errno(error: &io::Error) -> Errno {
    match error.raw_os_error() {
        Some(number) => Errno(number),
        None => match error.kind() {
            io::ErrorKind::InvalidData
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidInput
            | io::ErrorKind::Other => EINVAL,
            _ => EIO,
        },
    }
}
