//! Who may write to a file or a folder.

/// The owner of a file or folder, its group, and its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rights {
    pub owner: u32,
    pub group: u32,
    /// The bits of rights.
    pub mode: u32,
    /// Whether it is a regular file.
    pub is_file: bool,
}

impl From<&libc::stat> for Rights {
    fn from(about: &libc::stat) -> Self {
        Rights {
            owner: about.st_uid,
            group: about.st_gid,
            mode: about.st_mode & 0o7777,
            is_file: about.st_mode & libc::S_IFMT == libc::S_IFREG,
        }
    }
}

/// The user whose rights this process has.
pub fn user() -> u32 {
    // SAFETY: geteuid(2) accesses no memory.
    unsafe { libc::geteuid() }
}
