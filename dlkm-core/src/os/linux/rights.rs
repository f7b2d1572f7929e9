//! Who may write to a file or a folder.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// The owner of a file or folder, its group, and its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    pub owner: u32,
    pub group: u32,
    /// The bits of rights.
    pub mode: u32,
    /// Whether it is a regular file.
    pub is_file: bool,
}

impl Rights {
    /// Those of an open file.
    pub fn of(file: &File) -> io::Result<Self> {
        about(file).map(Self::from)
    }

    /// Those of a file or folder, or of what a link leads to.
    pub fn of_path(path: &Path) -> io::Result<Self> {
        about_path(path).map(Self::from)
    }
}

impl From<libc::stat> for Rights {
    fn from(about: libc::stat) -> Self {
        Rights {
            owner: about.st_uid,
            group: about.st_gid,
            mode: about.st_mode & 0o7777,
            is_file: about.st_mode & libc::S_IFMT == libc::S_IFREG,
        }
    }
}

/// What the system says of an open file.
pub(super) fn about(file: &File) -> io::Result<libc::stat> {
    // SAFETY: the descriptor is open while `file` is borrowed, and the second argument is
    // writable memory of the type that fstat(2) fills.
    filled(|about| unsafe { libc::fstat(file.as_raw_fd(), about) })
}

/// The same of a file or folder, or of what a link leads to.
///
/// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
pub(super) fn about_path(path: &Path) -> io::Result<libc::stat> {
    let path = CString::new(path.as_os_str().as_bytes())?;
    // SAFETY: `path` ends with a NUL, and the second argument is writable memory of the type
    // that stat(2) fills.
    filled(|about| unsafe { libc::stat(path.as_ptr(), about) })
}

/// The user whose rights this process has.
pub fn user() -> u32 {
    // SAFETY: geteuid(2) accesses no memory.
    unsafe { libc::geteuid() }
}

/// `fill` returns 0 if it has filled the structure.
fn filled(fill: impl FnOnce(*mut libc::stat) -> libc::c_int) -> io::Result<libc::stat> {
    let mut about = MaybeUninit::<libc::stat>::uninit();
    if fill(about.as_mut_ptr()) != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system returned 0, so it has filled the whole structure.
    Ok(unsafe { about.assume_init() })
}
