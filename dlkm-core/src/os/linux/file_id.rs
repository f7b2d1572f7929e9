//! Whether two files are one.

use std::fs::File;
use std::io;

use super::rights;

/// What tells a file from all others that exist at the same time. While an image of the file is
/// mapped, the file exists, even if it has no name any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// That of an open file.
    pub fn of(file: &File) -> io::Result<Self> {
        rights::about(file).map(|about| FileId {
            device: about.st_dev,
            inode: about.st_ino,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_itself_and_no_other() {
        let open = |file: &str| File::open(file).expect("it exists");
        let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
        let one = FileId::of(&open(manifest)).expect("the system knows it");
        assert_eq!(
            one,
            FileId::of(&open(manifest)).expect("the system knows it")
        );
        assert_ne!(
            one,
            FileId::of(&open("/proc/self/exe")).expect("the system knows it")
        );
    }
}
