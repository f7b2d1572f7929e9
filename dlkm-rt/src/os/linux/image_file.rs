//! Files of images: which are mapped, and copies in memory.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use libloading::os::unix::{Library, RTLD_LAZY, RTLD_LOCAL, RTLD_NOW};

use super::objects::Objects;

/// How the file of an image ends.
pub(crate) const IMAGE_SUFFIX: &str = "so";

/// Whether there is a file of that name, be it a link to nowhere.
///
/// (std asks the kernel by statx(2), which it looks up by name in all libraries first.)
pub(crate) fn is_there(path: &Path) -> bool {
    let Ok(path) = CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    let mut about = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: `path` ends with a NUL, and lstat(2) writes a `stat` at most.
    unsafe { libc::lstat(path.as_ptr(), about.as_mut_ptr()) == 0 }
}

/// Opens an image.
///
/// # Safety
/// The file's constructors and destructors run: whoever calls this trusts them.
pub(crate) unsafe fn open(file: &Path) -> Result<Library, libloading::Error> {
    // NOW: a symbol that is missing is an error here, not a signal in some later call.
    // LOCAL: two images never see each other's symbols.
    // SAFETY: the caller's promise.
    unsafe { Library::open(Some(file), RTLD_NOW | RTLD_LOCAL) }
}

/// As [`open`], but `None` if the dynamic linker handed out what it had mapped already, which
/// is closed again. To look afterwards is cheaper than to ask with `NOLOAD` before, for which the
/// file is opened and read.
///
/// # Safety
/// As for [`open`].
pub(crate) unsafe fn open_anew(file: &Path) -> Result<Option<Library>, libloading::Error> {
    let before = Objects::now();
    // SAFETY: the caller's promise.
    let handle = unsafe { open(file) }?.into_raw();
    // SAFETY: just opened.
    let had = unsafe { before.had(handle) };
    // SAFETY: from `into_raw`, once.
    let library = unsafe { Library::from_raw(handle) };
    Ok((!had).then_some(library))
}

/// Whether the dynamic linker would hand out what it has mapped already, were it asked to open
/// `file`: it compares names first, then files by device and inode.
pub(crate) fn is_mapped(file: &Path) -> bool {
    // SAFETY: with NOLOAD nothing is mapped, and no constructor runs. The close may run
    // destructors of an image that nobody has open; its file was trusted when it was opened.
    unsafe { Library::open(Some(file), RTLD_LAZY | libc::RTLD_NOLOAD) }.is_ok()
}

/// A copy of a file, in memory alone: it has an inode of its own. Its number stays taken until
/// this is dropped, so that debuggers and backtraces find the file by its name meanwhile.
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

    /// By the process's number: a debugger's `self` is another.
    fn at(descriptor: OwnedFd) -> Self {
        let (process, number) = (std::process::id(), descriptor.as_raw_fd());
        let path = PathBuf::from(format!("/proc/{process}/fd/{number}"));
        MemoryFile { descriptor, path }
    }

    /// The same with a greater number, so under another name.
    pub(crate) fn renamed(self) -> io::Result<Self> {
        let above = self.descriptor.as_raw_fd() + 1;
        // SAFETY: fcntl(2) with this command takes an integer and touches no memory.
        let number =
            unsafe { libc::fcntl(self.descriptor.as_raw_fd(), libc::F_DUPFD_CLOEXEC, above) };
        own(number).map(MemoryFile::at)
    }

    /// A name of the copy.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn create(file: &Path) -> io::Result<OwnedFd> {
    let name = file.file_name().unwrap_or_default().as_encoded_bytes();
    // The system takes 249 bytes. A file's name has no NUL.
    let name = std::ffi::CString::new(&name[..name.len().min(249)]).unwrap_or_default();
    let create = |flags| {
        // SAFETY: memfd_create(2) reads `name` to its NUL, and touches no other memory.
        own(unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC | flags) })
    };
    // Not executable as a program, which some systems demand (`vm.memfd_noexec`). Linux before
    // 6.3 does not know the flag.
    create(libc::MFD_NOEXEC_SEAL).or_else(|_| create(0))
}

/// A new descriptor that the system returned, or its error.
fn own(number: libc::c_int) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the system has just made it for us, and nobody else knows it.
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
    }
}
