//! Image files: opening them, finding out whether they are mapped, and copies in memory.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use libloading::os::unix::{Library, RTLD_LAZY, RTLD_LOCAL, RTLD_NOW};

use super::objects::Objects;
use crate::primitive::{AtomicUsize, Relaxed};

/// The extension of an image file.
pub(crate) const IMAGE_SUFFIX: &str = "so";

/// Whether there is a file of that name, even if it is a dangling link.
///
/// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
pub(crate) fn is_there(path: &Path) -> bool {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    let mut about = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `path` ends with a NUL, and `about` is writable memory of the type that lstat(2)
    // fills.
    unsafe { libc::lstat(path.as_ptr(), about.as_mut_ptr()) == 0 }
}

/// Opens an image.
///
/// # Safety
/// The file's constructors and destructors run: the caller must trust them, and the file must not
/// be changed in place while it is open.
pub(crate) unsafe fn open(file: &Path) -> Result<Library, libloading::Error> {
    // NOW: a missing symbol is an error here, not the end of the process in some later call.
    // LOCAL: two images never see each other's symbols.
    // SAFETY: the caller promises that the file's constructors and destructors may run.
    unsafe { Library::open(Some(file), RTLD_NOW | RTLD_LOCAL) }
}

/// Like [`open`], but returns `None` if the dynamic linker returned an object that was mapped
/// already; that object is closed again. Checking afterwards is cheaper than asking with `NOLOAD`
/// first, which opens and reads the file.
///
/// # Safety
/// As for [`open`].
pub(crate) unsafe fn open_anew(file: &Path) -> Result<Option<Library>, libloading::Error> {
    let before = Objects::now();
    // SAFETY: the caller promises what `open` needs.
    let handle = unsafe { open(file) }?.into_raw();
    // SAFETY: `handle` was opened just now, and is not closed before `library` is dropped.
    let had = unsafe { before.had(handle) };
    // SAFETY: `handle` is from `into_raw`, and this is the only `Library` made from it.
    let library = unsafe { Library::from_raw(handle) };
    Ok((!had).then_some(library))
}

/// Whether opening `file` would return an object that is mapped already: the dynamic linker
/// compares names first, then files by device and inode.
pub(crate) fn is_mapped(file: &Path) -> bool {
    // SAFETY: with NOLOAD nothing is mapped, and no constructor runs. The close may run
    // destructors of an object that no one else has open; it was trusted when it was opened.
    unsafe { Library::open(Some(file), RTLD_LAZY | libc::RTLD_NOLOAD) }.is_ok()
}

/// A copy of a file that is only in memory: it has its own inode. The descriptor stays open until
/// this is dropped, so that debuggers and backtraces can find the file by its name. No two copies
/// of a process have the same name.
#[derive(Debug)]
pub(crate) struct MemoryFile {
    descriptor: OwnedFd,
    path: PathBuf,
}

impl MemoryFile {
    /// Copies `file`. `/proc/self/maps` shows the copy as `/memfd:` and the file's name.
    pub(crate) fn copy(file: &Path) -> io::Result<Self> {
        let mut from = File::open(file)?;
        let mut to = File::from(create(file)?);
        io::copy(&mut from, &mut to)?;
        Ok(MemoryFile::at(to.into()))
    }

    /// With the process's id in the path: in a debugger, `self` is another process.
    fn at(descriptor: OwnedFd) -> Self {
        let (process, number) = (std::process::id(), descriptor.as_raw_fd());
        let path = PathBuf::from(format!("/proc/{process}/fd/{}{number}", once()));
        MemoryFile { descriptor, path }
    }

    /// The same file with a greater descriptor, and so under another name.
    pub(crate) fn renamed(self) -> io::Result<Self> {
        let above = self.descriptor.as_raw_fd() + 1;
        // SAFETY: fcntl(2) with this command takes an integer and accesses no memory.
        let number =
            unsafe { libc::fcntl(self.descriptor.as_raw_fd(), libc::F_DUPFD_CLOEXEC, above) };
        own(number).map(MemoryFile::at)
    }

    /// Closes the copy of an image that stays mapped. The system needs its first `part` bytes; it
    /// frees the others, which are memory too.
    pub(crate) fn close(self, part: Option<u64>) {
        let file = File::from(self.descriptor);
        if let (Some(part), Ok(about)) = (part, file.metadata())
            && part < about.len()
        {
            // An error leaves it as it is.
            let _ = file.set_len(part);
        }
    }

    /// The copy's name.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// A part of a path that does not change where the path leads, different each time. An image that stays mapped keeps its
/// name, but not its descriptor, whose number comes back.
fn once() -> String {
    static COPIES: AtomicUsize = AtomicUsize::new(0);
    // Relaxed: only the number counts.
    let mut number = COPIES.fetch_add(1, Relaxed);
    let mut part = String::new();
    while number > 0 {
        part.push_str(if number & 1 == 1 { "./" } else { "/" });
        number >>= 1;
    }
    part
}

fn create(file: &Path) -> io::Result<OwnedFd> {
    let name = file.file_name().unwrap_or_default().as_encoded_bytes();
    // The system allows 249 bytes. A file's name has no NUL.
    let name = std::ffi::CString::new(&name[..name.len().min(249)]).unwrap_or_default();
    let create = |flags| {
        // SAFETY: memfd_create(2) reads `name` up to its NUL, and accesses no other memory.
        own(unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC | flags) })
    };
    // Not executable as a program, which some systems require (`vm.memfd_noexec`). Linux before
    // 6.3 does not have the flag.
    create(libc::MFD_NOEXEC_SEAL).or_else(|_| create(0))
}

/// A new descriptor that the system returned, or its error.
fn own(number: libc::c_int) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system has just returned this open descriptor, and nothing else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_the_bytes_and_a_name_that_changes() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let first = MemoryFile::copy(&file).unwrap();
        let name = first.path().to_owned();
        assert_eq!(std::fs::read(&name).unwrap(), std::fs::read(&file).unwrap());
        assert!(!is_mapped(&name));
        let second = first.renamed().unwrap();
        assert_ne!(second.path(), name);
        assert_eq!(
            std::fs::read(second.path()).unwrap(),
            std::fs::read(&file).unwrap()
        );
        let same = second.descriptor.try_clone().unwrap();
        second.close(Some(16));
        assert_eq!(File::from(same).metadata().unwrap().len(), 16);
        // As texts: equal paths lead to the same place.
        let names: std::collections::BTreeSet<_> = (0..1000)
            .map(|_| MemoryFile::copy(&file).unwrap().path.into_os_string())
            .collect();
        assert_eq!(
            names.len(),
            1000,
            "although the descriptors' numbers come back"
        );
    }
}
