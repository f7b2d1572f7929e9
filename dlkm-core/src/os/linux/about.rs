//! What the system says of a file: asked once, and used for all that depends on it.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::{FileId, Rights, Stamp};

/// What the system says of a file or a folder at one moment.
#[derive(Clone, Copy, Debug)]
pub struct About(libc::stat);

impl About {
    /// Asks about an open file.
    pub fn of(file: &File) -> io::Result<Self> {
        // SAFETY: the descriptor is open while `file` is borrowed, and the second argument is
        // writable memory of the type that fstat(2) fills.
        filled(|about| unsafe { libc::fstat(file.as_raw_fd(), about) })
    }

    /// Asks about a file or folder, or about what a link leads to.
    ///
    /// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
    pub fn of_path(path: &Path) -> io::Result<Self> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        // SAFETY: `path` ends with a NUL, and the second argument is writable memory of the type
        // that stat(2) fills.
        filled(|about| unsafe { libc::stat(path.as_ptr(), about) })
    }

    /// Which file it is.
    pub fn id(&self) -> FileId {
        (&self.0).into()
    }

    /// Who may write to it.
    pub fn rights(&self) -> Rights {
        (&self.0).into()
    }

    /// When it was last changed.
    pub fn stamp(&self) -> Stamp {
        (&self.0).into()
    }

    /// The length of a regular file, in bytes; `None` for anything else.
    pub fn length(&self) -> Option<u64> {
        self.rights().is_file.then_some(self.0.st_size as u64)
    }
}

/// `fill` returns 0 if it has filled the structure.
fn filled(fill: impl FnOnce(*mut libc::stat) -> libc::c_int) -> io::Result<About> {
    let mut about = MaybeUninit::<libc::stat>::uninit();
    if fill(about.as_mut_ptr()) != 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system returned 0, so it has filled the whole structure.
    Ok(About(unsafe { about.assume_init() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_file_and_its_path_are_the_same_file() {
        let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
        let file = About::of(&File::open(path).unwrap()).unwrap();
        let named = About::of_path(path).unwrap();
        assert_eq!(file.id(), named.id());
        assert_eq!(file.rights(), named.rights());
        assert_eq!(file.stamp(), named.stamp());
        let text = std::fs::read(path).unwrap();
        assert_eq!(file.length(), Some(text.len() as u64));
        let folder = About::of_path(path.parent().unwrap()).unwrap();
        assert_ne!(folder.id(), file.id());
        assert_eq!(folder.length(), None, "only a file has one");
        assert!(About::of_path(Path::new("/nowhere/at all")).is_err());
    }
}
