//! A change of one file or of several. A crash leaves all of it or nothing.
//!
//! Each new file is written under the name `.NAME.new` and synced. A change of one file is then one
//! rename. A change of several files first lists them in the file `.commit`. As soon as that file has
//! its name, the change counts as made, and [`recover`] finishes it if this process does not.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dlkm_verify::Digest;

use crate::disk;
use crate::error::Error;
use crate::file_system::{FileSystem, Kind};
use crate::root::Root;

/// The file that lists the parts of a change.
const COMMIT: &str = ".commit";

/// Its size, in bytes: an installation of many images lists them all.
const COMMIT_SIZE: usize = 4 << 20;

/// The folder with saved configurations.
pub(crate) const SAVED: &str = "saved";

/// Files that change together. Names are relative to the module root, as `saved/backup`.
#[derive(Debug)]
pub(crate) struct Transaction<'a> {
    root: &'a Root,
    steps: BTreeMap<String, Step>,
    /// Whether there are files of [`Step::Copied`] that only this knows of.
    copies: bool,
}

#[derive(Debug)]
enum Step {
    Put(Vec<u8>),
    /// The new file is on the disk already.
    Copied,
    Remove,
}

impl<'a> Transaction<'a> {
    pub(crate) fn new(root: &'a Root) -> Self {
        let (steps, copies) = (BTreeMap::new(), false);
        Transaction {
            root,
            steps,
            copies,
        }
    }

    /// Writes a file. Of two steps with one name, the later one counts.
    pub(crate) fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.step(name, Step::Put(bytes));
    }

    /// Puts a copy of a file there. It is made at once, beside its place, so that a change of many
    /// files need not fit into memory. Returns the digest of the bytes that were copied.
    pub(crate) fn copy(&mut self, name: &str, from: &Path, most: u64) -> Result<Digest, Error> {
        self.nothing_unfinished()?;
        let place = self.root.path.join(name);
        no_link(&*self.root.files, &place)?;
        self.step(name, Step::Copied);
        self.copies = true;
        copy(&*self.root.files, from, most, &place)
    }

    /// Removes a file.
    pub(crate) fn remove(&mut self, name: &str) {
        self.step(name, Step::Remove);
    }

    fn step(&mut self, name: &str, step: Step) {
        self.steps.insert(name.to_owned(), step);
    }

    /// Makes the change.
    pub(crate) fn commit(mut self) -> Result<(), Error> {
        if self.steps.is_empty() {
            return Ok(());
        }
        // From here on, copies are treated as all new files are.
        self.copies = false;
        self.nothing_unfinished()?;
        let made = self.prepare();
        if made.is_err() {
            // Nothing has changed. The next change removes temporary files that stay here.
            self.discard();
            return made;
        }
        let mut steps = self.steps.iter();
        match (steps.next(), steps.next()) {
            (Some((name, step)), None) => self.finish(name, step),
            _ => self.finish_all(),
        }
    }

    /// The files of a change that is unfinished must not be taken for those of this one.
    fn nothing_unfinished(&self) -> Result<(), Error> {
        let commit = self.root.path.join(COMMIT);
        match kind(&*self.root.files, &commit)? {
            None => Ok(()),
            Some(_) => Err(self.root.unfinished(Error::Io {
                done: "written",
                file: commit,
                source: io::Error::other("the change before this one is unfinished"),
            })),
        }
    }

    /// Writes the new files beside their places; for several files also the list.
    fn prepare(&self) -> Result<(), Error> {
        let Root { path, files } = self.root;
        for (name, step) in &self.steps {
            let place = path.join(name);
            no_link(&**files, &place)?;
            if let Step::Put(bytes) = step {
                make_folder(&**files, path, &place)?;
                write(&**files, &new_name(&place), &place, bytes)?;
            }
        }
        if self.steps.len() == 1 {
            return Ok(());
        }
        let list = self.steps.iter().map(|(name, step)| match step {
            Step::Put(_) | Step::Copied => format!("put {name}\n"),
            Step::Remove => format!("remove {name}\n"),
        });
        let list: String = list.collect();
        if list.len() > COMMIT_SIZE {
            let (what, limit) = ("list of files that change together", COMMIT_SIZE);
            return Err(Error::TooLong { what, limit });
        }
        let commit = path.join(COMMIT);
        write(&**files, &new_name(&commit), &commit, list.as_bytes())?;
        // The files must be on the disk before the list of them is.
        for folder in self.folders() {
            sync(&**files, &folder)?;
        }
        Ok(())
    }

    /// The folders that have changed.
    fn folders(&self) -> Vec<PathBuf> {
        let names = self.steps.keys().map(String::as_str);
        folders(&self.root.path, names)
    }

    fn discard(&self) {
        for (name, step) in &self.steps {
            if let Step::Put(_) | Step::Copied = step {
                let _ = self
                    .root
                    .files
                    .remove(&new_name(&self.root.path.join(name)));
            }
        }
        let _ = (self.root.files).remove(&new_name(&self.root.path.join(COMMIT)));
    }

    /// One file: its rename makes the change.
    fn finish(&self, name: &str, step: &Step) -> Result<(), Error> {
        let Root { path, files } = self.root;
        let place = path.join(name);
        let done = match step {
            Step::Put(_) | Step::Copied => rename(&**files, &place),
            Step::Remove => remove(&**files, &place),
        };
        if done.is_err() {
            self.discard();
            return done;
        }
        let folder = place.parent().unwrap_or(path);
        sync(&**files, folder).map_err(|error| self.root.unfinished(error))
    }

    /// Several files: the rename of the list makes the change.
    fn finish_all(&self) -> Result<(), Error> {
        let Root { path, files } = self.root;
        let done = rename(&**files, &path.join(COMMIT));
        if done.is_err() {
            self.discard();
            return done;
        }
        sync(&**files, path)
            .and_then(|()| complete(self.root))
            .map_err(|error| self.root.unfinished(error))
    }
}

/// Without a commit, what was copied for it is removed.
impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if self.copies {
            self.discard();
        }
    }
}

/// Finishes a change that was interrupted, or removes its temporary files if it does not count as
/// made. Only the holder of the lock may do this.
pub(crate) fn recover(root: &Root) -> Result<(), Error> {
    let Root { path, files } = root;
    let commit = path.join(COMMIT);
    if kind(&**files, &commit)?.is_some() {
        complete(root)?;
    }
    for folder in [path.clone(), path.join(SAVED)] {
        let names = match files.list(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            names => names.map_err(Error::io("listed", &folder))?,
        };
        for name in names {
            if is_new_name(&name.to_string_lossy()) {
                remove(&**files, &folder.join(name))?;
            }
        }
    }
    Ok(())
}

/// Carries out what `.commit` lists, then removes it. Steps that are done are left out.
fn complete(root: &Root) -> Result<(), Error> {
    let Root { path, files } = root;
    let commit = path.join(COMMIT);
    let list = files
        .read(&commit, COMMIT_SIZE as u64)
        .map_err(Error::io("read", &commit))?;
    let list = String::from_utf8_lossy(&list).into_owned();
    let mut names = Vec::new();
    for (index, line) in list.lines().enumerate() {
        let step = line.split_once(' ').filter(|(_, name)| is_ours(name));
        let Some((word @ ("put" | "remove"), name)) = step else {
            return Err(Error::Damaged {
                file: commit,
                line: index + 1,
                problem: format!(
                    "`{}` is not a step of a change; remove the file, and look at `system`",
                    line.escape_debug()
                ),
            });
        };
        names.push((word, name));
    }
    for (word, name) in &names {
        let place = path.join(name);
        let new = new_name(&place);
        let there = |path: &Path| kind(&**files, path);
        match *word {
            "put" if there(&new)?.is_some() => rename(&**files, &place)?,
            "remove" if there(&place)?.is_some() => remove(&**files, &place)?,
            _ => {}
        }
    }
    for folder in folders(path, names.iter().map(|(_, name)| *name)) {
        sync(&**files, &folder)?;
    }
    remove(&**files, &commit)?;
    sync(&**files, path)
}

/// Whether a name can be that of a file which a change writes.
fn is_ours(name: &str) -> bool {
    let file = name.strip_prefix("saved/").unwrap_or(name);
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    !file.is_empty() && !file.starts_with('.') && file.bytes().all(fits)
}

fn folders<'a>(root: &Path, names: impl Iterator<Item = &'a str>) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = names
        .filter_map(|name| Some(root.join(name).parent()?.to_owned()))
        .collect();
    folders.push(root.to_owned());
    folders.sort();
    folders.dedup();
    folders
}

/// `.NAME.new`, beside the place.
fn new_name(place: &Path) -> PathBuf {
    let name = place.file_name().unwrap_or_default().to_string_lossy();
    let name = name.trim_start_matches('.');
    place.with_file_name(format!(".{name}.new"))
}

fn is_new_name(name: &str) -> bool {
    name.starts_with('.') && name.ends_with(".new")
}

fn make_folder(files: &dyn FileSystem, root: &Path, place: &Path) -> Result<(), Error> {
    let Some(folder) = place.parent().filter(|folder| *folder != root) else {
        return Ok(());
    };
    if kind(files, folder)?.is_some() {
        return Ok(());
    }
    files
        .create_folder(folder)
        .map_err(Error::io("created", folder))?;
    sync(files, root)
}

fn write(files: &dyn FileSystem, new: &Path, place: &Path, bytes: &[u8]) -> Result<(), Error> {
    let mut out = files
        .create(new, place)
        .map_err(Error::io("created", new))?;
    out.write(bytes).map_err(Error::io("written", new))?;
    out.sync().map_err(Error::io("brought to the disk", new))
}

fn copy(files: &dyn FileSystem, from: &Path, most: u64, place: &Path) -> Result<Digest, Error> {
    let new = new_name(place);
    let source = disk::open(from).map_err(Error::io("read", from))?;
    let mut out = files
        .create(&new, place)
        .map_err(Error::io("created", &new))?;
    let (mut source, mut left) = (source.take(most + 1), most);
    let read = |part: &mut [u8]| source.read(part).map_err(Error::io("read", from));
    let digest = Digest::of_parts(read, |part| {
        let rest = left.checked_sub(part.len() as u64);
        left = rest.ok_or_else(|| Error::io("read", from)(disk::too_large(most)))?;
        out.write(part).map_err(Error::io("written", &new))
    })?;
    out.sync().map_err(Error::io("brought to the disk", &new))?;
    Ok(digest)
}

/// A change would replace the link, and not the file behind it.
fn no_link(files: &dyn FileSystem, place: &Path) -> Result<(), Error> {
    match kind(files, place)? {
        Some(Kind::Link) => Err(Error::Link(place.to_owned())),
        _ => Ok(()),
    }
}

fn kind(files: &dyn FileSystem, path: &Path) -> Result<Option<Kind>, Error> {
    files.kind(path).map_err(Error::io("read", path))
}

/// Some file systems report an error for a rename that they have carried out, so the result is
/// looked at.
fn rename(files: &dyn FileSystem, place: &Path) -> Result<(), Error> {
    let new = new_name(place);
    match files.rename(&new, place) {
        Err(_) if kind(files, &new)?.is_none() => Ok(()),
        result => result.map_err(Error::io("replaced", place)),
    }
}

/// As with [`rename`].
fn remove(files: &dyn FileSystem, file: &Path) -> Result<(), Error> {
    match files.remove(file) {
        Err(_) if kind(files, file)?.is_none() => Ok(()),
        result => result.map_err(Error::io("removed", file)),
    }
}

fn sync(files: &dyn FileSystem, folder: &Path) -> Result<(), Error> {
    files
        .sync_folder(folder)
        .map_err(Error::io("brought to the disk", folder))
}
