//! Paths: the special files in `/dev`, and what is mounted elsewhere.

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};

use dlkm_rt::Held;
use unix_kernel::errno::{EBUSY, EEXIST, EINVAL, EISDIR, ELOOP, ENODEV, ENOENT, ENOTDIR, EROFS};
use unix_kernel::{Kind, Mounted, OpenFlags, vfssw};

use crate::devices::{self, Special};
use crate::fault::{Fault, Result};
use crate::file::{File, not_directory};

/// The start of a path of the system below.
const HOST: &str = "host:";
/// The most symbolic links in one path.
const LINKS: usize = 40;
/// The root of a mounted file system.
pub(crate) const ROOT: u64 = 1;

/// A mounted file system.
pub(crate) struct Mount {
    /// No other mount has or had it.
    #[cfg_attr(not(feature = "fuse"), expect(dead_code, reason = "only FUSE asks"))]
    pub(crate) id: u64,
    pub(crate) special: String,
    pub(crate) module: &'static str,
    pub(crate) files: Held<Box<dyn Mounted>>,
}

/// All that can be found by a path.
#[derive(Default)]
pub(crate) struct Namespace {
    inside: Mutex<Inside>,
}

#[derive(Default)]
struct Inside {
    nodes: BTreeMap<String, Special>,
    directories: BTreeMap<String, Option<Arc<Mount>>>,
}

/// What a path leads to.
pub(crate) enum Found {
    Root,
    Dev,
    Messages,
    Special(Special),
    /// A directory on which nothing is mounted.
    Empty,
    Mounted {
        mount: Arc<Mount>,
        inode: u64,
    },
    Host(String),
}

/// A line of a list of files.
pub(crate) struct Listed {
    pub(crate) name: String,
    /// The first letter of `ls -l`.
    pub(crate) kind: char,
    pub(crate) about: String,
}

impl Namespace {
    fn with<T>(&self, body: impl FnOnce(&mut Inside) -> T) -> T {
        body(&mut self.inside.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Makes a special file.
    pub(crate) fn mknod(&self, path: &str, special: Special) -> Result<()> {
        let name = in_dev(path)?;
        self.with(|inside| {
            if name == "kmsg" || inside.nodes.contains_key(name) {
                return Err(EEXIST.into());
            }
            inside.nodes.insert(name.to_owned(), special);
            Ok(())
        })
    }

    /// Removes a special file. What is open stays open.
    pub(crate) fn remove(&self, path: &str) -> Result<()> {
        let name = in_dev(path)?;
        let gone = self.with(|inside| inside.nodes.remove(name));
        gone.map(drop).ok_or_else(|| ENOENT.into())
    }

    /// Makes a directory on which something can be mounted.
    pub(crate) fn mkdir(&self, path: &str) -> Result<()> {
        let name = top(path)?;
        self.with(|inside| {
            if name == "dev" || inside.directories.contains_key(name) {
                return Err(EEXIST.into());
            }
            inside.directories.insert(name.to_owned(), None);
            Ok(())
        })
    }

    /// Mounts a file of the system below. Without a type, its first bytes decide.
    pub(crate) fn mount(&self, kind: Option<&str>, special: &str, on: &str) -> Result<()> {
        let name = top(on)?;
        let free = self.with(|inside| inside.directories.get(name).map(Option::is_none));
        match free {
            None => return Err(ENOENT.into()),
            Some(false) => return Err(Fault::new(EBUSY, format!("{on} is a mount point"))),
            Some(true) => {}
        }
        let path = special.strip_prefix(HOST).unwrap_or(special);
        let entry = match kind {
            Some(kind) => vfssw::get(kind),
            None => {
                let mut head = [0; 512];
                let length = std::fs::File::open(path)?;
                let length = std::os::unix::fs::FileExt::read_at(&length, &mut head, 0)?;
                let extension = Path::new(path).extension().and_then(|name| name.to_str());
                vfssw::probe(&head[..length], extension)
            }
        };
        let entry = entry.map_err(|error| Fault::of_switch(error, ENODEV))?;
        static MOUNTS: AtomicU64 = AtomicU64::new(0);
        let mount = Arc::new(Mount {
            // Relaxed: only the number counts.
            id: MOUNTS.fetch_add(1, Relaxed),
            special: special.to_owned(),
            module: entry.module(),
            files: entry.mount(Path::new(path))?,
        });
        self.with(|inside| match inside.directories.get_mut(name) {
            Some(place @ None) => {
                *place = Some(mount);
                Ok(())
            }
            _ => Err(EBUSY.into()),
        })
    }

    /// Unmounts what is mounted there, unless a file of it is open.
    pub(crate) fn umount(&self, on: &str) -> Result<()> {
        let name = top(on)?;
        let gone = self.with(|inside| {
            let place = inside.directories.get_mut(name).ok_or(ENOENT)?;
            let mount = place.take().ok_or(EINVAL)?;
            // A file that is opened now takes the lock first.
            Arc::try_unwrap(mount).map_err(|mount| {
                *place = Some(mount);
                EBUSY
            })
        });
        // Without the lock: this runs code of the module.
        drop(gone?);
        Ok(())
    }

    /// A special file in `/dev`.
    #[cfg(feature = "fuse")]
    pub(crate) fn node(&self, name: &str) -> Option<Special> {
        self.with(|inside| inside.nodes.get(name).copied())
    }

    /// The names of the special files.
    #[cfg(feature = "fuse")]
    pub(crate) fn nodes(&self) -> Vec<String> {
        self.with(|inside| inside.nodes.keys().cloned().collect())
    }

    /// The names of the directories in the root, without `dev`.
    #[cfg(feature = "fuse")]
    pub(crate) fn tops(&self) -> Vec<String> {
        self.with(|inside| inside.directories.keys().cloned().collect())
    }

    /// What is mounted on a directory in the root: `None` if there is no such directory.
    #[cfg(feature = "fuse")]
    pub(crate) fn mounted(&self, top: &str) -> Option<Option<Arc<Mount>>> {
        self.with(|inside| inside.directories.get(top).cloned())
    }

    /// What is mounted: a line each.
    pub(crate) fn mounts(&self) -> Vec<String> {
        self.with(|inside| {
            let all = inside.directories.iter();
            let all = all.filter_map(|(name, mount)| Some((name, mount.as_ref()?)));
            all.map(|(name, mount)| {
                let sums = mount.files.statfs();
                format!(
                    "/{name} on {} type {} (read-only, {} files, {} bytes)",
                    mount.special, mount.module, sums.files, sums.bytes
                )
            })
            .collect()
        })
    }

    /// What a path leads to. It follows symbolic links, the last one only if `follow`.
    pub(crate) fn find(&self, path: &str, follow: bool) -> Result<Found> {
        if let Some(path) = path.strip_prefix(HOST) {
            return Ok(Found::Host(path.to_owned()));
        }
        let mut parts: Vec<String> = parts(path)?;
        parts.reverse();
        let Some(first) = parts.pop() else {
            return Ok(Found::Root);
        };
        if first == "dev" {
            let Some(name) = parts.pop() else {
                return Ok(Found::Dev);
            };
            if !parts.is_empty() {
                return Err(ENOTDIR.into());
            }
            if name == "kmsg" {
                return Ok(Found::Messages);
            }
            let node = self.with(|inside| inside.nodes.get(&name).copied());
            return node.map(Found::Special).ok_or_else(|| ENOENT.into());
        }
        let mount = self.with(|inside| inside.directories.get(&first).cloned());
        let Some(mount) = mount.ok_or(ENOENT)? else {
            return match parts.is_empty() {
                true => Ok(Found::Empty),
                false => Err(ENOENT.into()),
            };
        };
        let inode = walk(&mount, parts, follow)?;
        Ok(Found::Mounted { mount, inode })
    }

    /// Opens a file.
    pub(crate) fn open(&self, path: &str, flags: OpenFlags) -> Result<File> {
        match self.find(path, true)? {
            Found::Root | Found::Dev | Found::Empty => Err(EISDIR.into()),
            Found::Messages => Ok(File::Messages),
            Found::Special(special) => devices::open(special, flags),
            Found::Mounted { mount, inode } => {
                if flags.write {
                    return Err(EROFS.into());
                }
                not_directory(mount.files.getattr(inode)?.kind)?;
                Ok(File::Mounted { mount, inode })
            }
            Found::Host(path) => {
                let mut options = OpenOptions::new();
                options.read(flags.read || !flags.write);
                if flags.write {
                    options.write(true).create(true);
                }
                Ok(File::Host(options.open(path)?))
            }
        }
    }

    /// The names in a directory, or the file itself.
    pub(crate) fn list(&self, path: &str) -> Result<Vec<Listed>> {
        let special = |name: &str, special: &Special| Listed {
            name: name.to_owned(),
            kind: if special.block { 'b' } else { 'c' },
            about: format!("{}, {}", special.dev.major, special.dev.minor),
        };
        let plain = |name: &str, kind| Listed {
            name: name.to_owned(),
            kind,
            about: String::new(),
        };
        match self.find(path, true)? {
            Found::Root => Ok(self.with(|inside| {
                let all = inside.directories.keys().map(|name| plain(name, 'd'));
                std::iter::once(plain("dev", 'd')).chain(all).collect()
            })),
            Found::Dev => Ok(self.with(|inside| {
                let nodes = inside.nodes.iter();
                let mut all: Vec<_> = nodes.map(|(name, node)| special(name, node)).collect();
                all.push(plain("kmsg", 'c'));
                all.sort_by(|one, other| one.name.cmp(&other.name));
                all
            })),
            Found::Messages => Ok(vec![plain(path, 'c')]),
            Found::Special(node) => Ok(vec![special(path, &node)]),
            Found::Empty => Ok(Vec::new()),
            Found::Mounted { mount, inode } => {
                let attr = mount.files.getattr(inode)?;
                if attr.kind != Kind::Directory {
                    return Ok(vec![listed(path.to_owned(), attr.kind, attr.size)]);
                }
                let entries = mount.files.readdir(inode)?.into_iter();
                entries
                    .map(|entry| {
                        let size = mount.files.getattr(entry.inode)?.size;
                        Ok(listed(entry.name, entry.kind, size))
                    })
                    .collect()
            }
            Found::Host(_) => Err(EINVAL.into()),
        }
    }
}

fn listed(name: String, kind: Kind, size: u64) -> Listed {
    Listed {
        name,
        kind: match kind {
            Kind::File => '-',
            Kind::Directory => 'd',
            Kind::Link => 'l',
        },
        about: size.to_string(),
    }
}

/// The inode of a path in a mounted file system. `parts` are its names, the last one first.
fn walk(mount: &Mount, mut parts: Vec<String>, follow: bool) -> Result<u64> {
    let mut above = vec![ROOT];
    let mut links = 0;
    while let Some(part) = parts.pop() {
        let here = above.last().copied().unwrap_or(ROOT);
        if part == ".." {
            if above.len() > 1 {
                above.pop();
            }
            continue;
        }
        let inode = mount.files.lookup(here, &part)?;
        let link = mount.files.getattr(inode)?.kind == Kind::Link;
        if link && (follow || !parts.is_empty()) {
            links += 1;
            if links > LINKS {
                return Err(ELOOP.into());
            }
            let target = mount.files.readlink(inode)?;
            if target.starts_with('/') {
                above.truncate(1);
            }
            let names = target.split('/').filter(|name| !matches!(*name, "" | "."));
            parts.extend(names.rev().map(str::to_owned));
        } else {
            above.push(inode);
        }
    }
    Ok(above.last().copied().unwrap_or(ROOT))
}

fn parts(path: &str) -> Result<Vec<String>> {
    let path = path
        .strip_prefix('/')
        .ok_or_else(|| Fault::new(EINVAL, "a path begins with / or host:"))?;
    let parts = path.split('/').filter(|part| !matches!(*part, "" | "."));
    Ok(parts.map(str::to_owned).collect())
}

/// The name of a special file, which is in `/dev`.
fn in_dev(path: &str) -> Result<&str> {
    let name = path.strip_prefix("/dev/").filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Fault::new(EINVAL, "special files are in /dev"))?;
    match name.contains('/') || matches!(name, "." | "..") {
        true => Err(ENOENT.into()),
        false => Ok(name),
    }
}

/// The name of a directory in the root.
fn top(path: &str) -> Result<&str> {
    let name = path.trim_end_matches('/').strip_prefix('/');
    let name = name.filter(|name| !name.is_empty() && !name.contains('/'));
    name.filter(|name| !matches!(*name, "." | ".."))
        .ok_or_else(|| Fault::new(EINVAL, "a mount point is a directory in /"))
}
