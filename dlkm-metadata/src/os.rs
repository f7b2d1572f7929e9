//! Reads an untrusted file: the part that depends on the operating system.
//!
//! Tested on Linux only.

use std::fs::{File, OpenOptions};
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

/// Opens a file to read it, without waiting for anything, whatever the file is: the other end of a
/// named pipe, a terminal, another process's lease. No child process inherits the descriptor.
pub(crate) fn open(file: &Path) -> io::Result<File> {
    // std adds O_CLOEXEC.
    OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY)
        .open(file)
}

/// Whether opening a file failed with this error because it is a socket, or a device that is not
/// there.
pub(crate) fn is_no_file(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ENXIO)
}

/// The length of a regular file, in bytes; otherwise what the file is.
///
/// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
pub(crate) fn length(file: &File) -> io::Result<Result<u64, &'static str>> {
    let mut about = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the descriptor is open while `file` is borrowed, and `about` is writable memory
    // of the type that fstat(2) fills.
    if unsafe { libc::fstat(file.as_raw_fd(), about.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: fstat(2) returned 0, so it has filled the whole structure.
    let about = unsafe { about.assume_init() };
    Ok(match about.st_mode & libc::S_IFMT {
        libc::S_IFREG => Ok(about.st_size as u64),
        libc::S_IFDIR => Err("a folder"),
        libc::S_IFIFO => Err("a named pipe"),
        libc::S_IFSOCK => Err("a socket"),
        libc::S_IFCHR | libc::S_IFBLK => Err("a device"),
        _ => Err("something else"),
    })
}

/// Fills `bytes` from the file, starting at offset `at`.
pub(crate) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    file.read_exact_at(bytes, at)
}
