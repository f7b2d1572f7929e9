//! Reads the system file of a module root.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::SystemError;
use crate::file::SystemFile;
use crate::limits;
use crate::os;

/// The file's name in a module root.
pub const FILE_NAME: &str = "system";

/// Why a system file can't be used. The message names the file.
#[derive(Debug)]
#[non_exhaustive]
pub enum ReadSystemError {
    /// It can't be opened or read.
    #[allow(missing_docs)]
    Io { file: PathBuf, source: io::Error },
    /// It is not a regular file.
    #[allow(missing_docs)]
    NotRegular { file: PathBuf },
    /// A line of it can't be understood.
    #[allow(missing_docs)]
    Bad { file: PathBuf, source: SystemError },
}

impl fmt::Display for ReadSystemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadSystemError::Io { file, source } => {
                write!(f, "`{}` can't be read: {source}", file.display())
            }
            ReadSystemError::NotRegular { file } => {
                write!(f, "`{}` is not a regular file; remove it", file.display())
            }
            ReadSystemError::Bad { file, source } => write!(f, "`{}`, {source}", file.display()),
        }
    }
}

impl std::error::Error for ReadSystemError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            ReadSystemError::Io { source, .. } => Some(source),
            ReadSystemError::NotRegular { .. } => None,
            ReadSystemError::Bad { source, .. } => Some(source),
        }
    }
}

impl SystemFile {
    /// Reads the system file of a module root; `None` if it has none.
    ///
    /// # Errors
    /// The file can't be read, or is not a system file.
    pub fn read(root: &Path) -> Result<Option<Self>, ReadSystemError> {
        match SystemFile::open(root)? {
            Some(open) => SystemFile::read_open(root, &open).map(Some),
            None => Ok(None),
        }
    }

    /// Opens the system file of a module root, without waiting for anything; `None` if it has none.
    ///
    /// # Errors
    /// The file can't be opened.
    pub fn open(root: &Path) -> Result<Option<File>, ReadSystemError> {
        let file = root.join(FILE_NAME);
        match os::open(&file) {
            Ok(open) => Ok(Some(open)),
            // Not even a root is there: the first search for a module reports that.
            Err(error)
                // A link that leads nowhere is a file that can't be read: without the file, modules
                // would be used that are not to be.
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) && file.read_link().is_err() =>
            {
                Ok(None)
            }
            Err(source) => Err(ReadSystemError::Io { file, source }),
        }
    }

    /// Reads the open system file of `root`.
    ///
    /// # Errors
    /// The file can't be read, or is not a system file.
    pub fn read_open(root: &Path, open: &File) -> Result<Self, ReadSystemError> {
        let file = root.join(FILE_NAME);
        match text(open) {
            Ok(Some(text)) => {
                SystemFile::parse(&text).map_err(|source| ReadSystemError::Bad { file, source })
            }
            Ok(None) => Err(ReadSystemError::NotRegular { file }),
            Err(source) => Err(ReadSystemError::Io { file, source }),
        }
    }
}

/// The file's bytes, up to one more than the limit; `None` if it is not a regular file.
fn text(file: &File) -> io::Result<Option<Vec<u8>>> {
    let about = file.metadata()?;
    if !about.is_file() {
        return Ok(None);
    }
    let most = limits::FILE as usize + 1;
    let (mut text, mut end) = (Vec::new(), 0);
    loop {
        if end == text.len() {
            // One more than the file has, so that its end shows; more than that if it grows.
            let length = about.len().max(2 * end as u64) as usize;
            text.resize(most.min(length.saturating_add(1)), 0);
        }
        match (&mut &*file).read(&mut text[end..]) {
            Ok(0) => break,
            Ok(count) => end += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    text.truncate(end);
    Ok(Some(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_root_without_the_file_is_no_error_and_a_folder_in_its_place_is_one() {
        let root = std::env::temp_dir().join(format!("dlkm-system-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        assert!(SystemFile::read(&root).unwrap().is_none());
        std::fs::write(root.join("system"), "version 1\nmodule a auto\n").unwrap();
        let file = SystemFile::read(&root).unwrap().expect("exists");
        assert_eq!(file.modules().len(), 1);
        std::fs::write(root.join("system"), "version 1\nmodule a\n").unwrap();
        let error = SystemFile::read(&root).unwrap_err().to_string();
        assert!(
            error.contains("/system`, line 2, column 9: the state"),
            "{error}"
        );
        std::fs::remove_file(root.join("system")).unwrap();
        std::fs::create_dir(root.join("system")).unwrap();
        let error = SystemFile::read(&root).unwrap_err().to_string();
        assert!(
            error.ends_with("is not a regular file; remove it"),
            "{error}"
        );
        std::fs::remove_dir_all(&root).unwrap();
    }
}
