//! A file that is open, under a name for the dynamic linker that leads to this file and to no other.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;

use crate::primitive::Relaxed;

/// An open file with a name in `/proc/<process>/fd`, which leads to the file as long as this is not
/// dropped, whatever becomes of the file's own name.
///
/// # Invariants
/// 1. In one process, no two values have the same name. (The dynamic linker compares names first: by
///    a name that an object has, it returns that object, even if the file is another one.)
#[derive(Debug)]
pub struct LinkFile {
    descriptor: OwnedFd,
    path: PathBuf,
}

impl LinkFile {
    /// A name for an open file. It has at least as many bytes as `room`, if the system allows that
    /// length.
    ///
    /// # Errors
    /// There is no `/proc`, or it does not show this process.
    pub fn new(file: impl Into<OwnedFd>, room: &Path) -> io::Result<Self> {
        let descriptor = file.into();
        let path = name(descriptor.as_raw_fd(), room.as_os_str().len())?;
        Ok(LinkFile { descriptor, path })
    }

    /// The name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The descriptor's number.
    pub(super) fn descriptor(&self) -> i32 {
        self.descriptor.as_raw_fd()
    }

    /// Whether the name leads to a file at present.
    pub fn check(&self) -> io::Result<()> {
        std::fs::metadata(&self.path).map(drop)
    }

    /// A copy that is only in memory: it has its own inode. `/proc/self/maps` shows it as `/memfd:`
    /// and the name of `file`.
    ///
    /// # Errors
    /// The file can't be read, or the system does not allow a file of this size in memory.
    #[inline]
    pub fn copy(&self, file: &Path) -> io::Result<Self> {
        let from = File::from(self.descriptor.try_clone()?);
        LinkFile::new(copy_to_memory(&from, file)?, Path::new(""))
    }

    /// Closes a copy whose image stays mapped. The system needs its first `part` bytes; it frees the
    /// others, which are memory too.
    #[inline]
    pub fn close(self, part: Option<u64>) {
        let file = File::from(self.descriptor);
        if let (Some(part), Ok(about)) = (part, file.metadata())
            && part < about.len()
        {
            // An error leaves it as it is.
            let _ = file.set_len(part);
        }
    }
}

/// A copy of a file that is only in memory, under the name of `file`.
#[inline]
pub(super) fn copy_to_memory(from: &File, file: &Path) -> io::Result<File> {
    let length = from.metadata()?.len();
    // Beyond this limit the system does not only refuse a write, but also sends SIGXFSZ, which
    // ends the process.
    if limit()? < length {
        return Err(io::Error::from_raw_os_error(libc::EFBIG));
    }
    let to = File::from(create(file)?);
    // A hole stays one: it takes no memory, and no time.
    to.set_len(length)?;
    let mut chunk = vec![0; CHUNK];
    let mut at = 0;
    while let Some(start) = data_from(from, at)?.filter(|start| *start < length) {
        at = start;
        let size = usize::try_from(length - at).map_or(CHUNK, |left| left.min(CHUNK));
        from.read_exact_at(&mut chunk[..size], at)?;
        to.write_all_at(&chunk[..size], at)?;
        at += size as u64;
    }
    Ok(to)
}

/// Where the file has data, from `at` on; `None` if the rest is a hole.
fn data_from(file: &File, at: u64) -> io::Result<Option<u64>> {
    let Ok(from) = libc::off_t::try_from(at) else {
        return Ok(None);
    };
    // SAFETY: lseek(2) takes a descriptor, which is open, and numbers. No one else uses the position
    // of this open file: all reads name theirs.
    let found = unsafe { libc::lseek(file.as_raw_fd(), from, libc::SEEK_DATA) };
    match u64::try_from(found) {
        Ok(found) => Ok(Some(found)),
        Err(_) => match io::Error::last_os_error() {
            error if error.raw_os_error() == Some(libc::ENXIO) => Ok(None),
            // A file system without holes.
            error if error.raw_os_error() == Some(libc::EINVAL) => Ok(Some(at)),
            error => Err(error),
        },
    }
}

/// How much of a file is copied at once, in bytes.
const CHUNK: usize = 1 << 18;

/// The longest path that the system takes, in bytes, without the NUL.
const LONGEST: usize = libc::PATH_MAX as usize - 1;

/// A new name for a descriptor: see invariant 1 of [`LinkFile`].
#[inline]
fn name(descriptor: i32, room: usize) -> io::Result<PathBuf> {
    static NAMES: AtomicU64 = AtomicU64::new(0);
    let room = room.min(LONGEST);
    let mut name = Vec::with_capacity(room + 32);
    name.extend_from_slice(b"/proc/");
    // Not `self`, which would be the debugger in a debugger; and not getpid(2), since `/proc` may
    // be another namespace's, with other numbers.
    let mut process = [0; 16];
    // SAFETY: readlink(2) reads the path up to its NUL, and writes at most `process.len()` bytes, to
    // `process`.
    let length = unsafe {
        let to = process.as_mut_ptr().cast();
        libc::readlink(c"/proc/self".as_ptr(), to, process.len())
    };
    if length < 0 {
        return Err(io::Error::last_os_error());
    }
    // A number, which is shorter.
    name.extend_from_slice(&process[..length as usize]);
    name.extend_from_slice(b"/fd");
    // Relaxed: only the numbers' being different matters.
    let mut number = NAMES.fetch_add(1, Relaxed);
    // The number in binary digits that change no path: `/.` and `//.`. The next part begins with a
    // slash and a digit, or with more slashes and no dot, so that equal names have equal numbers.
    while number > 0 {
        let digit: &[u8] = if number & 1 == 0 { b"/." } else { b"//." };
        name.extend_from_slice(digit);
        number >>= 1;
    }
    let end = format!("{descriptor}");
    let length = room.saturating_sub(end.len());
    name.push(b'/');
    name.resize(name.len().max(length), b'/');
    name.extend_from_slice(end.as_bytes());
    Ok(std::ffi::OsString::from_vec(name).into())
}

/// The size of the largest file that this process may write, in bytes.
fn limit() -> io::Result<u64> {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` is writable memory of the type that getrlimit(2) fills.
    match unsafe { libc::getrlimit(libc::RLIMIT_FSIZE, &raw mut limit) } {
        0 => Ok(limit.rlim_cur),
        _ => Err(io::Error::last_os_error()),
    }
}

#[inline]
fn create(file: &Path) -> io::Result<OwnedFd> {
    let name = file.file_name().unwrap_or_default().as_encoded_bytes();
    // The system allows 249 bytes. A file's name has no NUL.
    let name = CString::new(&name[..name.len().min(249)]).unwrap_or_default();
    let create = |flags| {
        // SAFETY: memfd_create(2) reads `name` up to its NUL, and accesses no other memory.
        own(unsafe { libc::memfd_create(name.as_ptr(), libc::MFD_CLOEXEC | flags) })
    };
    // Not executable as a program, which some systems require (`vm.memfd_noexec`). Linux before
    // 6.3 does not have the flag, which allows seals too.
    create(libc::MFD_NOEXEC_SEAL).or_else(|_| create(libc::MFD_ALLOW_SEALING))
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

    fn manifest() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml")
    }

    #[test]
    fn each_name_is_new_and_leads_to_the_file() {
        let file = File::open(manifest()).unwrap();
        let content = std::fs::read(manifest()).unwrap();
        let mut names = std::collections::HashSet::new();
        for room in [0, 20, 21, 40, 41, 100, 4000, LONGEST, 10_000] {
            for _ in 0..40 {
                let name = name(file.as_raw_fd(), room).unwrap();
                assert!(name.as_os_str().len() >= room.min(LONGEST), "{name:?}");
                assert_eq!(std::fs::read(&name).unwrap(), content, "{name:?}");
                // Not as a path: paths are equal without their surplus slashes and dots.
                assert!(names.insert(name.into_os_string()));
            }
        }
    }

    #[test]
    fn a_copy_has_the_bytes_wherever_the_file_was_read_last() {
        use std::io::Read as _;
        let mut file = File::open(manifest()).unwrap();
        file.read_exact(&mut [0; 10]).unwrap();
        let copy = LinkFile::new(file, Path::new(""))
            .and_then(|file| file.copy(Path::new("a/name")))
            .unwrap();
        let content = std::fs::read(manifest()).unwrap();
        assert_eq!(std::fs::read(copy.path()).unwrap(), content);
        let same = copy.descriptor.try_clone().unwrap();
        copy.close(Some(16));
        assert_eq!(File::from(same).metadata().unwrap().len(), 16);
    }

    #[test]
    fn a_hole_of_the_file_takes_no_memory_in_its_copy() {
        use std::os::unix::fs::MetadataExt as _;
        let place = std::env::temp_dir().join(format!("dlkm-hole-{}", std::process::id()));
        let file = File::create_new(&place).unwrap();
        let length = 8 << 30;
        file.set_len(length).unwrap();
        for (at, text) in [(0, "start"), (5 << 30, "middle"), (length - 3, "end")] {
            file.write_all_at(text.as_bytes(), at).unwrap();
        }
        let copy = LinkFile::new(File::open(&place).unwrap(), Path::new(""))
            .and_then(|file| file.copy(Path::new("x")));
        std::fs::remove_file(&place).unwrap();
        let copy = File::from(copy.unwrap().descriptor);
        let about = copy.metadata().unwrap();
        assert_eq!(about.len(), length);
        assert!(about.blocks() * 512 < 1 << 20, "{} blocks", about.blocks());
        for (at, text) in [(0, "start"), (5 << 30, "middle"), (length - 3, "end")] {
            let mut bytes = vec![0; text.len()];
            copy.read_exact_at(&mut bytes, at).unwrap();
            assert_eq!(bytes, text.as_bytes());
        }
    }
}
