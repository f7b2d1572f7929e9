//! Reads an untrusted file: the part that depends on the operating system.
//!
//! Tested on Linux only.

use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;

/// The length of a regular file, in bytes; `None` if it is not a regular file.
///
/// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
pub(crate) fn length(file: &File) -> io::Result<Option<u64>> {
    let mut about = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: the descriptor is open while `file` is borrowed, and `about` is writable memory
    // of the type that fstat(2) fills.
    if unsafe { libc::fstat(file.as_raw_fd(), about.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: fstat(2) returned 0, so it has filled the whole structure.
    let about = unsafe { about.assume_init() };
    let regular = about.st_mode & libc::S_IFMT == libc::S_IFREG;
    Ok(regular.then_some(about.st_size as u64))
}

/// Fills `bytes` from the file, starting at offset `at`.
pub(crate) fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    file.read_exact_at(bytes, at)
}
