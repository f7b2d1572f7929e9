//! For tests: a file system in memory that refuses an operation, or ends the process or the power
//! at one. It forgets what was not brought to the disk, as strictly as POSIX allows.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::file_system::{FileSystem, Guard, Kind, Output, TryLock};

/// The module root.
pub(crate) const ROOT: &str = "/modules";

/// What happens at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The system refuses it. A write has written half of its bytes.
    Refuse(io::ErrorKind),
    /// It is carried out, and an error is reported.
    Lie,
    /// It and all later ones that need room are refused.
    Full,
    /// The process ends before it.
    KillBefore,
    /// The process ends after it; in the middle of a write.
    KillAfter,
}

/// What a file system has after the process has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    /// Everything: only the process has ended.
    Kill,
    /// What was brought to the disk: the power has ended.
    Power,
    /// That, and by chance some of the names that were not, of this seed.
    SomeNames(u64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

#[derive(Clone, Debug, Default)]
struct Content {
    live: Vec<u8>,
    durable: Vec<u8>,
}

/// Names in one folder that change together.
#[derive(Clone, Debug)]
struct Renames {
    folder: PathBuf,
    names: Vec<(PathBuf, Option<Node>)>,
}

fn apply(names: &mut BTreeMap<PathBuf, Node>, changes: &[(PathBuf, Option<Node>)]) {
    for (path, node) in changes {
        match node {
            Some(node) => names.insert(path.clone(), *node),
            None => names.remove(path),
        };
    }
}

#[derive(Clone, Debug, Default)]
struct State {
    live: BTreeMap<PathBuf, Node>,
    durable: BTreeMap<PathBuf, Node>,
    /// Changes of names that are not on the disk. Each is carried out in one step.
    pending: Vec<Renames>,
    contents: Vec<Content>,
    locked: BTreeMap<PathBuf, String>,
    steps: usize,
    fault: Option<(usize, Fault)>,
    full: bool,
    dead: bool,
    read_only: bool,
}

/// The file system. A clone is the same one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Memory(Arc<Mutex<State>>);

/// How much of an operation is carried out.
enum Go {
    All,
    /// All, and the process ends.
    AllThenEnd,
    /// All, with an error.
    AllAndLie,
    Nothing(io::Error),
}

fn ended() -> io::Error {
    io::Error::other("the process has ended")
}

fn not_found() -> io::Error {
    io::ErrorKind::NotFound.into()
}

impl State {
    fn alive(&self) -> io::Result<()> {
        match self.dead {
            true => Err(ended()),
            false => Ok(()),
        }
    }

    /// A step that changes something.
    fn step(&mut self, needs_room: bool) -> Go {
        if self.dead {
            return Go::Nothing(ended());
        }
        if self.read_only {
            return Go::Nothing(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        let at = self.steps;
        self.steps += 1;
        let fault = self.fault.filter(|(step, _)| *step == at);
        match fault.map(|(_, fault)| fault) {
            Some(Fault::Full) => self.full = true,
            Some(Fault::Refuse(kind)) => return Go::Nothing(kind.into()),
            Some(Fault::KillBefore) => {
                self.dead = true;
                return Go::Nothing(ended());
            }
            Some(Fault::KillAfter) => return Go::AllThenEnd,
            Some(Fault::Lie) => return Go::AllAndLie,
            None => {}
        }
        match self.full && needs_room {
            true => Go::Nothing(io::ErrorKind::StorageFull.into()),
            false => Go::All,
        }
    }

    fn change<T>(
        &mut self,
        needs_room: bool,
        change: impl FnOnce(&mut State) -> io::Result<T>,
    ) -> io::Result<T> {
        match self.step(needs_room) {
            Go::Nothing(error) => Err(error),
            Go::All => change(self),
            Go::AllAndLie => {
                change(self)?;
                Err(io::ErrorKind::Other.into())
            }
            Go::AllThenEnd => {
                let _ = change(self);
                self.dead = true;
                Err(ended())
            }
        }
    }

    fn rename(&mut self, names: Vec<(PathBuf, Option<Node>)>) {
        apply(&mut self.live, &names);
        let folder = names[0].0.parent().unwrap_or(Path::new("")).to_owned();
        self.pending.push(Renames { folder, names });
    }

    fn file(&self, path: &Path) -> io::Result<usize> {
        match self.live.get(path) {
            Some(Node::File(file)) => Ok(*file),
            Some(Node::Folder) => Err(io::ErrorKind::InvalidInput.into()),
            None => Err(not_found()),
        }
    }
}

impl Memory {
    /// With the empty folder [`ROOT`].
    pub(crate) fn new() -> Self {
        let memory = Memory::default();
        let mut state = memory.state();
        state.live.insert(ROOT.into(), Node::Folder);
        state.durable.insert(ROOT.into(), Node::Folder);
        drop(state);
        memory
    }

    /// Another file system with the same files.
    pub(crate) fn copy(&self) -> Self {
        Memory(Arc::new(Mutex::new(self.state().clone())))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, each changing operation is a step. At step `at`, from 0, this happens.
    pub(crate) fn fail_at(&self, at: usize, fault: Fault) {
        let mut state = self.state();
        (state.steps, state.fault) = (0, Some((at, fault)));
    }

    /// How many steps there were since the last fault was set.
    pub(crate) fn steps(&self) -> usize {
        self.state().steps
    }

    pub(crate) fn set_read_only(&self, read_only: bool) {
        self.state().read_only = read_only;
    }

    /// The next process, after a process or the power has ended. There is room again.
    pub(crate) fn go_on(&self, after: After) {
        let mut state = self.state();
        let State {
            live,
            durable,
            pending,
            ..
        } = &mut *state;
        if let After::SomeNames(seed) = after {
            // Of each folder, the first changes are on the disk by chance.
            let mut random = fastrand::Rng::with_seed(seed);
            let mut ended: Vec<PathBuf> = Vec::new();
            for change in pending.iter() {
                if ended.contains(&change.folder) {
                    continue;
                }
                match random.u8(..4) {
                    0 => ended.push(change.folder.clone()),
                    _ => apply(durable, &change.names),
                }
            }
        }
        if after != After::Kill {
            live.clone_from(durable);
        }
        if after != After::Kill {
            // What is in a folder that is not there is not there either.
            let folders = live.clone();
            live.retain(|path, _| {
                let mut above = path.ancestors().skip(1).filter(|one| one.starts_with(ROOT));
                above.all(|folder| folders.get(folder) == Some(&Node::Folder))
            });
            for content in &mut state.contents {
                content.live.clone_from(&content.durable);
            }
        }
        (state.dead, state.full, state.fault) = (false, false, None);
        state.locked.clear();
        state.pending.clear();
        state.durable = state.live.clone();
    }

    /// All files and what is in them.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, String> {
        let state = self.state();
        let files = state.live.iter().filter_map(|(path, node)| match node {
            Node::File(file) => Some((path.clone(), &state.contents[*file].live)),
            Node::Folder => None,
        });
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        files.map(|(path, bytes)| (path, text(bytes))).collect()
    }
}

impl FileSystem for Memory {
    fn read(&self, path: &Path, most: u64) -> io::Result<Vec<u8>> {
        let state = self.state();
        state.alive()?;
        let bytes = &state.contents[state.file(path)?].live;
        match bytes.len() as u64 > most {
            true => Err(io::ErrorKind::FileTooLarge.into()),
            false => Ok(bytes.clone()),
        }
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<OsString>> {
        let state = self.state();
        state.alive()?;
        if state.live.get(folder) != Some(&Node::Folder) {
            return Err(not_found());
        }
        let inside = state.live.keys().filter(|p| p.parent() == Some(folder));
        Ok(inside
            .filter_map(|path| Some(path.file_name()?.to_owned()))
            .collect())
    }

    fn kind(&self, path: &Path) -> io::Result<Option<Kind>> {
        let state = self.state();
        state.alive()?;
        Ok(state.live.get(path).map(|node| match node {
            Node::Folder => Kind::Folder,
            Node::File(_) => Kind::File,
        }))
    }

    fn create_folder(&self, folder: &Path) -> io::Result<()> {
        self.state().change(true, |state| {
            if state.live.contains_key(folder) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            state.rename(vec![(folder.to_owned(), Some(Node::Folder))]);
            Ok(())
        })
    }

    fn create(&self, path: &Path, _: &Path) -> io::Result<Box<dyn Output>> {
        let file = self.state().change(true, |state| {
            if state.live.contains_key(path) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            state.contents.push(Content::default());
            let file = state.contents.len() - 1;
            state.rename(vec![(path.to_owned(), Some(Node::File(file)))]);
            Ok(file)
        })?;
        let memory = self.clone();
        Ok(Box::new(Written { memory, file }))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.state().change(false, |state| {
            let node = Node::File(state.file(from)?);
            state.rename(vec![(from.to_owned(), None), (to.to_owned(), Some(node))]);
            Ok(())
        })
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.state().change(false, |state| {
            state.file(path)?;
            state.rename(vec![(path.to_owned(), None)]);
            Ok(())
        })
    }

    fn sync_folder(&self, folder: &Path) -> io::Result<()> {
        self.state().change(false, |state| {
            let State {
                durable, pending, ..
            } = state;
            pending.retain(|change| {
                let of_folder = change.folder == folder;
                if of_folder {
                    apply(durable, &change.names);
                }
                !of_folder
            });
            Ok(())
        })
    }

    fn try_lock(&self, file: &Path, note: &str) -> io::Result<TryLock> {
        let mut state = self.state();
        state.alive()?;
        if state.read_only {
            return Err(io::ErrorKind::ReadOnlyFilesystem.into());
        }
        if let Some(held) = state.locked.get(file) {
            return Ok(TryLock::Held(held.clone()));
        }
        state.locked.insert(file.to_owned(), note.to_owned());
        let (memory, file) = (self.clone(), file.to_owned());
        Ok(TryLock::Locked(Box::new(Unlock { memory, file })))
    }
}

struct Written {
    memory: Memory,
    file: usize,
}

impl Output for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.memory.state();
        let go = state.step(true);
        let content = &mut state.contents[self.file].live;
        let half = &bytes[..bytes.len() / 2];
        match go {
            Go::All => {
                content.extend_from_slice(bytes);
                Ok(())
            }
            Go::AllAndLie => {
                content.extend_from_slice(bytes);
                Err(io::ErrorKind::Other.into())
            }
            Go::AllThenEnd => {
                content.extend_from_slice(half);
                state.dead = true;
                Err(ended())
            }
            Go::Nothing(error) => {
                if !state.dead {
                    state.contents[self.file].live.extend_from_slice(half);
                }
                Err(error)
            }
        }
    }

    fn sync(&mut self) -> io::Result<()> {
        let file = self.file;
        self.memory.state().change(false, |state| {
            let content = &mut state.contents[file];
            content.durable.clone_from(&content.live);
            Ok(())
        })
    }
}

#[derive(Debug)]
struct Unlock {
    memory: Memory,
    file: PathBuf,
}

impl Guard for Unlock {}

impl Drop for Unlock {
    fn drop(&mut self) {
        let mut state = self.memory.state();
        // The process that has ended has lost its locks already.
        state.locked.remove(&self.file);
    }
}
