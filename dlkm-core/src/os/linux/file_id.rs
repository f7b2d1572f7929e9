//! Whether two files are one.

/// What tells a file from all others that exist at the same time. While an image of the file is
/// mapped, the file exists, even if it has no name any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl From<&libc::stat> for FileId {
    fn from(about: &libc::stat) -> Self {
        FileId {
            device: about.st_dev,
            inode: about.st_ino,
        }
    }
}
