//! The devices as files of the system below, by FUSE.

mod answers;
mod files;
mod inodes;
mod sleepers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fuser::{BackgroundSession, Config, MountOption};
use rustix::io::Errno;
use rustix::mount::{UnmountFlags, unmount};

use crate::namespace::Namespace;
use files::Files;

/// The file system, as long as it is mounted.
pub(crate) struct Mounted {
    session: Option<BackgroundSession>,
    at: PathBuf,
}

/// Mounts it.
pub(crate) fn mount(namespace: &Arc<Namespace>, at: &Path) -> std::result::Result<Mounted, String> {
    let says = |error: &dyn std::fmt::Display| {
        format!(
            "can't mount on {}: {error}; without --mount, the shell has the same devices",
            at.display()
        )
    };
    // What a kernel that was killed has left there.
    if let Err(Errno::NOTCONN) = rustix::fs::stat(at) {
        unmount(at, UnmountFlags::DETACH).map_err(|error| says(&error))?;
    }
    let files = Files::new(Arc::clone(namespace));
    let mut config = Config::default();
    config.mount_options = vec![
        MountOption::FSName("unix".to_owned()),
        MountOption::NoDev,
        MountOption::NoSuid,
    ];
    let session = fuser::spawn_mount(files, at, &config).map_err(|error| says(&error))?;
    Ok(Mounted {
        session: Some(session),
        at: at.to_owned(),
    })
}

impl Drop for Mounted {
    /// Takes it out of the system's tree at once, also while programs have files of it open. They get
    /// errors when this process ends, and do not wait.
    fn drop(&mut self) {
        let gone = unmount(&self.at, UnmountFlags::DETACH);
        if let Err(error) = gone
            && error == Errno::PERM
        {
            // Not root: the helper that mounted it takes it back.
            drop(self.session.take());
            return;
        }
        // Not dropped: it would unmount what is there now.
        std::mem::forget(self.session.take());
    }
}
