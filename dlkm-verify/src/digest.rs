//! The SHA-256 digest of an image.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

/// The SHA-256 digest of a file.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Of these bytes.
    ///
    /// ```
    /// use dlkm_verify::Digest;
    ///
    /// let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    /// assert_eq!(Digest::of(b"").to_string(), empty);
    /// ```
    pub fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// Of the bytes of a file, which are read in parts.
    ///
    /// # Errors
    /// The file can't be read, or is not a regular file.
    pub fn of_file(path: &Path) -> io::Result<Self> {
        let mut file = crate::os::open(path)?;
        Digest::of_parts(|part| file.read(part), |_| Ok(()))
    }

    /// Of bytes that `read` brings into a buffer, as [`Read::read`] does, until it brings none. `each`
    /// gets them too.
    ///
    /// # Errors
    /// The first error of either.
    pub fn of_parts<E>(
        mut read: impl FnMut(&mut [u8]) -> Result<usize, E>,
        mut each: impl FnMut(&[u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut hasher = Sha256::new();
        let mut part = vec![0; 128 << 10];
        loop {
            let length = read(&mut part)?;
            if length == 0 {
                return Ok(Digest(hasher.finalize().into()));
            }
            hasher.update(&part[..length]);
            each(&part[..length])?;
        }
    }
}

/// In hexadecimal, as `sha256sum` prints it.
impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

/// A text that is no digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoDigest;

impl fmt::Display for NoDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a SHA-256 digest has 64 hexadecimal digits")
    }
}

impl std::error::Error for NoDigest {}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(NoDigest);
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            let digits = text.get(2 * index..2 * index + 2).ok_or(NoDigest)?;
            *byte = u8::from_str_radix(digits, 16).map_err(|_| NoDigest)?;
        }
        Ok(Digest(bytes))
    }
}
