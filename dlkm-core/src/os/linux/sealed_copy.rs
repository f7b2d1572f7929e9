//! A copy of a file in memory that no one can change any more, this process included.

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;
use std::ptr::{self, NonNull};
use std::slice;

use super::link_file::copy_to_memory;

/// A sealed copy of a file, which is mapped to be read.
///
/// # Invariants
/// 1. Its file has the seals `SEALS`, so neither its bytes nor its length change.
/// 2. `start` is a mapping of the whole file, of `length` bytes, or dangling if `length` is 0.
#[derive(Debug)]
pub struct SealedCopy {
    file: File,
    start: NonNull<u8>,
    length: usize,
}

/// Against writing, also through a mapping; against another length; and against fewer seals.
const SEALS: libc::c_int =
    libc::F_SEAL_WRITE | libc::F_SEAL_SHRINK | libc::F_SEAL_GROW | libc::F_SEAL_SEAL;

impl SealedCopy {
    /// Copies a file. `/proc/self/maps` shows the copy as `/memfd:` and the name of `path`.
    ///
    /// # Errors
    /// The file can't be read, has more than `most` bytes, or the system does not allow a sealed file
    /// of this size in memory.
    pub fn new(file: &File, path: &Path, most: u64) -> io::Result<Self> {
        let length = file.metadata()?.len();
        if length > most {
            let text = format!("it has more than {most} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, text));
        }
        let copy = copy_to_memory(file, path)?;
        // SAFETY: fcntl(2) with this command takes a descriptor, which is open, and a number.
        let sealed = unsafe { libc::fcntl(copy.as_raw_fd(), libc::F_ADD_SEALS, SEALS) };
        if sealed != 0 {
            return Err(io::Error::last_os_error());
        }
        // That of the copy, which is final.
        let length = copy.metadata()?.len() as usize;
        let start = match length {
            0 => NonNull::dangling(),
            _ => map(&copy, length)?,
        };
        Ok(SealedCopy {
            file: copy,
            start,
            length,
        })
    }

    /// The bytes of the copy.
    pub fn bytes(&self) -> &[u8] {
        // SAFETY: `length` bytes are mapped at `start` as long as `self` lives, or there are none
        // (invariant 2). They are initialised, as all of a file is, and never change (invariant 1).
        unsafe { slice::from_raw_parts(self.start.as_ptr(), self.length) }
    }

    /// The copy as an open file.
    pub fn file(&self) -> io::Result<File> {
        self.file.try_clone()
    }
}

fn map(file: &File, length: usize) -> io::Result<NonNull<u8>> {
    let (protection, flags) = (libc::PROT_READ, libc::MAP_PRIVATE);
    // SAFETY: a new mapping, at an address of the system's choice, of a descriptor that is open.
    let start = unsafe {
        libc::mmap(
            ptr::null_mut(),
            length,
            protection,
            flags,
            file.as_raw_fd(),
            0,
        )
    };
    match NonNull::new(start.cast::<u8>()) {
        Some(mapped) if start != libc::MAP_FAILED => Ok(mapped),
        _ => Err(io::Error::last_os_error()),
    }
}

impl Drop for SealedCopy {
    fn drop(&mut self) {
        if self.length > 0 {
            // SAFETY: this is the whole mapping (invariant 2), and no borrow of it is left.
            unsafe { libc::munmap(self.start.as_ptr().cast(), self.length) };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::FileExt;

    use super::*;

    #[test]
    fn a_copy_has_the_bytes_and_keeps_them() {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let content = std::fs::read(&manifest).unwrap();
        let file = File::open(&manifest).unwrap();
        let copy = SealedCopy::new(&file, &manifest, 1 << 20).unwrap();
        assert_eq!(copy.bytes(), content);
        let same = copy.file().unwrap();
        assert!(same.write_at(b"x", 0).is_err());
        assert!(same.set_len(1).is_err());
        assert!(same.set_len(1 << 20).is_err());
        assert_eq!(copy.bytes(), content);
        let error = SealedCopy::new(&file, &manifest, 3).unwrap_err();
        assert_eq!(error.to_string(), "it has more than 3 bytes");
    }

    #[test]
    fn an_empty_file_has_no_bytes() {
        let place = std::env::temp_dir().join(format!("dlkm-empty-{}", std::process::id()));
        File::create_new(&place).unwrap();
        let empty = File::open(&place).unwrap();
        std::fs::remove_file(&place).unwrap();
        let copy = SealedCopy::new(&empty, Path::new("x"), 1).unwrap();
        assert_eq!(copy.bytes(), b"");
    }
}
