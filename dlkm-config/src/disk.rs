//! The real file system.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use crate::file_system::{FileSystem, Guard, Kind, Output, TryLock};

/// The real file system.
#[derive(Clone, Copy, Debug, Default)]
pub struct Disk;

/// The bytes of a lock file that are read: a process id and a program's name.
const NOTE: u64 = 256;

/// Opens a regular file to read it.
pub(crate) fn open(file: &Path) -> io::Result<File> {
    // Without waiting for the writer of a named pipe.
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_NONBLOCK)
        .open(file)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        )),
    }
}

pub(crate) fn too_large(most: u64) -> io::Error {
    io::Error::new(
        io::ErrorKind::FileTooLarge,
        format!("it has more than {most} bytes"),
    )
}

/// Gives a new file or folder the owner of another one. Otherwise the owner of a module root could
/// not change it any more after root has. Only root may give files away, so others keep theirs.
fn give(made: &File, like: &fs::Metadata) {
    let same = |own: fs::Metadata| (own.uid(), own.gid()) == (like.uid(), like.gid());
    if !made.metadata().is_ok_and(same) {
        let _ = fchown(made, Some(like.uid()), Some(like.gid()));
    }
}

fn give_to_owner_of_folder(made: &File, file: &Path) {
    if let Some(folder) = file.parent().and_then(|folder| fs::metadata(folder).ok()) {
        give(made, &folder);
    }
}

impl FileSystem for Disk {
    fn read(&self, file: &Path, most: u64) -> io::Result<Vec<u8>> {
        let file = open(file)?;
        let about = file.metadata()?;
        let mut bytes = Vec::with_capacity(about.len().min(most) as usize + 1);
        file.take(most + 1).read_to_end(&mut bytes)?;
        match bytes.len() as u64 > most {
            true => Err(too_large(most)),
            false => Ok(bytes),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        fs::read_dir(folder)?
            .map(|entry| Ok(entry?.file_name()))
            .collect()
    }

    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        match fs::symlink_metadata(path) {
            Ok(about) => Ok(Some(match about.file_type() {
                kind if kind.is_file() => Kind::File,
                kind if kind.is_dir() => Kind::Folder,
                kind if kind.is_symlink() => Kind::Link,
                _ => Kind::Other,
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir(folder)?;
        if let Some(above) = folder.parent().and_then(|above| fs::metadata(above).ok()) {
            give(&File::open(folder)?, &above);
        }
        Ok(())
    }

    fn create(&self, file: &Path, like: &Path) -> io::Result<Box<dyn Output>> {
        let model = fs::symlink_metadata(like);
        let model = model.ok().filter(fs::Metadata::is_file);
        let made = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o644)
            .open(file)?;
        if let Some(model) = model {
            give(&made, &model);
            let mode = fs::Permissions::from_mode(model.mode() & 0o777);
            made.set_permissions(mode)?;
        } else {
            give_to_owner_of_folder(&made, file);
        }
        Ok(Box::new(made))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)
    }

    fn remove(&self, file: &Path) -> io::Result<()> {
        fs::remove_file(file)
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    fn try_lock(&self, path: &Path, note: &str) -> io::Result<TryLock> {
        loop {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o644)
                .custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK)
                .open(path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let mut held = Vec::new();
                    file.take(NOTE).read_to_end(&mut held)?;
                    return Ok(TryLock::Held(String::from_utf8_lossy(&held).into_owned()));
                }
                Err(TryLockError::Error(error)) => return Err(error),
            }
            // A lock on a file that was removed meanwhile would keep no one out.
            let (mine, there) = (file.metadata()?, fs::symlink_metadata(path));
            if there.is_ok_and(|there| (there.dev(), there.ino()) == (mine.dev(), mine.ino())) {
                give_to_owner_of_folder(&file, path);
                // The note helps a person who waits. The lock holds without it, as on a full disk.
                let _ = file.set_len(0).and_then(|()| {
                    file.rewind()?;
                    file.write_all(note.as_bytes())
                });
                return Ok(TryLock::Locked(Box::new(FileGuard(file))));
            }
        }
    }
}

impl Output for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_all()
    }
}

/// Closing the file ends its lock, and so does the end of the process.
#[derive(Debug)]
struct FileGuard(File);

impl Guard for FileGuard {}

impl Drop for FileGuard {
    fn drop(&mut self) {
        // The next holder's note must not be taken for this one's.
        let _ = self.0.set_len(0);
    }
}
