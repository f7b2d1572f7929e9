//! The operations on files that changes consist of. Tests replace them with ones that fail.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::Path;

/// The operations that changes of a module root need. [`Disk`](crate::Disk) implements them on the
/// real file system.
///
/// Paths are those of files in a module root. An operation that returns an error may have been
/// carried out partly, as with a full disk.
pub trait FileSystem: fmt::Debug + Send + Sync {
    /// The bytes of a regular file.
    ///
    /// # Errors
    /// Of the kind `FileTooLarge` if it has more than `most` bytes, `InvalidInput` if it is not a
    /// regular file, else as the system says.
    fn read(&self, file: &Path, most: u64) -> io::Result<Vec<u8>>;

    /// The names of a folder's entries, in any order.
    ///
    /// # Errors
    /// As the system says.
    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>>;

    /// The kind of file at a path, without following a symbolic link; `None` if nothing is there.
    ///
    /// # Errors
    /// As the system says.
    fn kind(&self, path: &Path) -> io::Result<Option<Kind>>;

    /// Makes a folder.
    ///
    /// # Errors
    /// It exists, or as the system says.
    fn create_folder(&self, folder: &Path) -> io::Result<()>;

    /// Makes a file that does not exist, with the permissions and the owner of the file `like`. If
    /// that does not exist either, the file gets the owner of its folder.
    ///
    /// # Errors
    /// It exists, or as the system says.
    fn create(&self, file: &Path, like: &Path) -> io::Result<Box<dyn Output>>;

    /// Gives a file another name in the same folder. A file of that name is replaced, in one step.
    ///
    /// # Errors
    /// As the system says.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Removes a file.
    ///
    /// # Errors
    /// As the system says.
    fn remove(&self, file: &Path) -> io::Result<()>;

    /// Waits until the changes of a folder's entries are on the disk.
    ///
    /// # Errors
    /// As the system says.
    fn sync_folder(&self, folder: &Path) -> io::Result<()>;

    /// Tries to lock a file, and makes it if it is missing. The holder writes `note` into it.
    ///
    /// # Errors
    /// As the system says.
    fn try_lock(&self, file: &Path, note: &str) -> io::Result<TryLock>;
}

/// The kind of file at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A symbolic link.
    Link,
    /// A pipe, a socket or a device.
    Other,
}

/// A file that is being written.
pub trait Output {
    /// Appends bytes.
    ///
    /// # Errors
    /// As the system says. Some of the bytes may have been written.
    fn write(&mut self, bytes: &[u8]) -> io::Result<()>;

    /// Waits until the file's bytes are on the disk.
    ///
    /// # Errors
    /// As the system says.
    fn sync(&mut self) -> io::Result<()>;
}

/// Keeps a file locked until it is dropped.
pub trait Guard: fmt::Debug + Send {}

/// The result of trying to lock a file.
#[derive(Debug)]
pub enum TryLock {
    /// The file is locked.
    Locked(Box<dyn Guard>),
    /// It is locked already. The text is the note of its holder.
    Held(String),
}
