//! Files outside of a module root: a system file that is given, and a host's program.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use dlkm_system::SystemFile;

use crate::disk::{Disk, open};
use crate::error::Error;
use crate::file_system::FileSystem;

/// A system file that is in no module root: `-S` of kmsystem(1M) and kmtune(1M). Another tool that
/// opens it waits until this is dropped.
///
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("other");
/// # std::fs::write(&path, "version 1\n")?;
/// use dlkm_config::GivenFile;
///
/// let file = GivenFile::open(&path)?;
/// assert!(file.system()?.modules().is_empty());
/// file.replace(b"version 1\nmodule shm auto\n")?;
/// assert_eq!(std::fs::read(&path)?, b"version 1\nmodule shm auto\n");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct GivenFile {
    path: PathBuf,
    text: Vec<u8>,
    /// Its lock ends with it.
    _file: File,
}

impl GivenFile {
    /// Reads it, when no other tool changes it.
    ///
    /// # Errors
    /// It does not exist, can't be read, is too large, or is not a regular file.
    pub fn open(path: &Path) -> Result<Self, Error> {
        // Not the link to it, which a change would replace.
        let path = fs::canonicalize(path).map_err(Error::io("read", path))?;
        let own = |file: &File| -> io::Result<bool> {
            let (one, other) = (file.metadata()?, fs::metadata(&path)?);
            Ok((one.dev(), one.ino()) == (other.dev(), other.ino()))
        };
        let file = loop {
            let file = open(&path).map_err(Error::io("read", &path))?;
            file.lock().map_err(Error::io("locked", &path))?;
            // It may have been replaced before it was locked.
            if own(&file).map_err(Error::io("read", &path))? {
                break file;
            }
        };
        let text = Disk
            .read(&path, dlkm_system::limits::FILE)
            .map_err(Error::io("read", &path))?;
        let _file = file;
        Ok(GivenFile { path, text, _file })
    }

    /// Its text.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Its content.
    ///
    /// # Errors
    /// It can't be understood.
    pub fn system(&self) -> Result<SystemFile, Error> {
        let file = self.path.clone();
        SystemFile::parse(&self.text).map_err(|source| Error::System { file, source })
    }

    /// Replaces it, in one step. An equal text changes nothing.
    ///
    /// # Errors
    /// It can't be written.
    pub fn replace(self, text: &[u8]) -> Result<(), Error> {
        match text == self.text {
            true => Ok(()),
            false => replace(&self.path, text),
        }
    }
}

/// Puts a program into the place of another one, which stays as `NAME.prev` beside it. Processes that
/// run the former one keep it.
///
/// kmupdate(1M): never overwrite the file of a kernel; the next boot uses the new one.
///
/// # Errors
/// A file can't be read or written.
pub fn replace_program(new: &Path, place: &Path) -> Result<(), Error> {
    let bytes = Disk
        .read(new, dlkm_verify::limits::IMAGE)
        .map_err(Error::io("read", new))?;
    let mut name = place.file_name().unwrap_or_default().to_owned();
    name.push(".prev");
    let former = place.with_file_name(name);
    let beside = new_name(&former);
    fs::hard_link(place, &beside).map_err(Error::io("kept", place))?;
    let kept = fs::rename(&beside, &former);
    // Of two names of one file, rename(2) leaves both.
    let _ = fs::remove_file(&beside);
    kept.map_err(Error::io("replaced", &former))?;
    replace(place, &bytes)
}

/// Writes a new file beside the place, and gives it the place's name.
fn replace(place: &Path, bytes: &[u8]) -> Result<(), Error> {
    let new = new_name(place);
    let write = || -> Result<(), Error> {
        let mut out = Disk
            .create(&new, place)
            .map_err(Error::io("created", &new))?;
        out.write(bytes).map_err(Error::io("written", &new))?;
        out.sync().map_err(Error::io("brought to the disk", &new))?;
        Disk.rename(&new, place)
            .map_err(Error::io("replaced", place))
    };
    if let Err(error) = write() {
        let _ = fs::remove_file(&new);
        return Err(error);
    }
    let folder = place.parent().unwrap_or(Path::new("/"));
    Disk.sync_folder(folder)
        .map_err(Error::io("brought to the disk", folder))
}

/// `.NAME.PID.new`: a name that no other process uses.
fn new_name(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!(".{name}.{}.new", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_stays_and_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&file, "version 1\n").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let given = GivenFile::open(&link).unwrap();
        given.replace(b"version 1\n* more\n").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"version 1\n* more\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn two_that_change_one_file_wait_for_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a");
        fs::write(&file, "version 1\n").unwrap();
        std::thread::scope(|scope| {
            for name in 0..8 {
                let file = &file;
                scope.spawn(move || {
                    let given = GivenFile::open(file).unwrap();
                    let mut text = given.text().to_vec();
                    text.extend(format!("module m{name} auto\n").bytes());
                    given.replace(&text).unwrap();
                });
            }
        });
        let given = GivenFile::open(&file).unwrap();
        assert_eq!(given.system().unwrap().modules().len(), 8);
    }

    #[test]
    fn the_former_program_stays_beside_the_new_one() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("host"), "old").unwrap();
        fs::set_permissions(path("host"), fs::Permissions::from_mode(0o755)).unwrap();
        for (text, former) in [("new", "old"), ("newer", "new"), ("newer", "newer")] {
            fs::write(path("built"), text).unwrap();
            replace_program(&path("built"), &path("host")).unwrap();
            assert_eq!(fs::read_to_string(path("host")).unwrap(), text);
            assert_eq!(fs::read_to_string(path("host.prev")).unwrap(), former);
        }
        let mode = fs::metadata(path("host")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        assert!(replace_program(&path("none"), &path("host")).is_err());
        assert_eq!(fs::read_to_string(path("host")).unwrap(), "newer");
    }
}
