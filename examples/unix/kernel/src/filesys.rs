//! The switch table of file systems: `vfssw`.

use std::path::Path;

use dlkm_rt::{Errno, Held, Interface, interface, switch};

use crate::errno::Error;

/// A type of file system: SVR4's `vfsops`, found by its name, or by the first bytes of what is mounted.
#[switch(name = "filesys", table = "vfssw")]
pub trait Filesys {
    /// Mounts what is in the file `special`. The module is busy until the result is dropped.
    ///
    /// # Errors
    /// `EINVAL`: that is no such file system, or a damaged one. Others come from reading it.
    #[ustub]
    fn mount(special: &Path) -> Result<Held<Box<dyn Mounted>>, Error>;
}

/// A mounted file system. Files are named by the number of their inode; 1 is the root.
#[interface]
pub trait Mounted: Send + Sync {
    /// The inode of a name in a directory.
    ///
    /// # Errors
    /// `ENOENT`: there is no such name. `ENOTDIR`: the inode is not a directory.
    fn lookup(&self, directory: u64, name: &str) -> Result<u64, Errno>;

    /// What is known of a file.
    ///
    /// # Errors
    /// `ENOENT`: there is no such inode.
    fn getattr(&self, inode: u64) -> Result<Attr, Errno>;

    /// Reads a file from that position on, and returns how many bytes; 0 at the end.
    ///
    /// # Errors
    /// `EISDIR`: it is a directory. `EIO`: its content is damaged.
    fn read(&self, inode: u64, at: u64, into: &mut [u8]) -> Result<usize, Errno>;

    /// The entries of a directory, without `.` and `..`, sorted by name.
    ///
    /// # Errors
    /// `ENOTDIR`: the inode is not a directory.
    fn readdir(&self, inode: u64) -> Result<Vec<Entry>, Errno>;

    /// Where a symbolic link leads.
    ///
    /// # Errors
    /// `EINVAL`: it is not one.
    fn readlink(&self, inode: u64) -> Result<String, Errno>;

    /// The sums of the file system.
    fn statfs(&self) -> Statfs;
}

/// What kind of file an inode is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub enum Kind {
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Link,
}

/// What is known of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub struct Attr {
    /// Its inode.
    pub inode: u64,
    /// Its kind.
    pub kind: Kind,
    /// Its size in bytes.
    pub size: u64,
    /// Its permissions: the lowest 12 bits of `st_mode`.
    pub mode: u32,
    /// Its owner.
    pub uid: u32,
    /// Its group.
    pub gid: u32,
    /// When it was changed, in seconds since 1970.
    pub mtime: u64,
    /// How many names it has.
    pub links: u32,
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, Interface)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Its inode.
    pub inode: u64,
    /// Its kind.
    pub kind: Kind,
}

/// The sums of a file system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub struct Statfs {
    /// How many inodes it has.
    pub files: u64,
    /// How many bytes their contents are.
    pub bytes: u64,
}
