//! How a file is read that may be anything: what differs from one system to the next.
//!
//! Only Linux has been tried.

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

/// How long a regular file is, in bytes; `None` if it is not one.
///
/// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
pub(crate) fn length(file: &File) -> io::Result<Option<u64>> {
    let mut about = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: fstat(2) writes a `stat` at most, and the descriptor is open.
    if unsafe { libc::fstat(file.as_raw_fd(), about.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: fstat fills the whole structure where it returns 0.
    let about = unsafe { about.assume_init() };
    let regular = about.st_mode & libc::S_IFMT == libc::S_IFREG;
    Ok(regular.then_some(about.st_size as u64))
}

/// Fills `bytes` from the place `at` of the file.
pub(crate) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    file.read_exact_at(bytes, at)
}
