//! Where the sockets are.

use std::io;
use std::path::{Path, PathBuf};

/// The folder with the sockets of this user's kernels.
///
/// # Errors
/// The user has no runtime folder.
pub fn folder() -> io::Result<PathBuf> {
    let uid = rustix::process::geteuid();
    let named = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let named = named.filter(|path| path.is_absolute() && path.is_dir());
    let of_user =
        || Some(PathBuf::from(format!("/run/user/{}", uid.as_raw()))).filter(|it| it.is_dir());
    let of_root = || Some(Path::new("/run").to_owned()).filter(|_| uid.is_root());
    let base = named.or_else(of_user).or_else(of_root).ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            "there is no runtime folder for the socket; set XDG_RUNTIME_DIR to a folder of your own",
        )
    })?;
    Ok(base.join("dlkm"))
}

/// Whether a process with that number is there.
pub(crate) fn is_alive(pid: i32) -> bool {
    rustix::process::Pid::from_raw(pid)
        .is_some_and(|pid| rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH))
}
