//! What the kernel's tree says to the system's questions.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use fuser::{Errno, FileAttr, FileType, Generation, INodeNo, ReplyEmpty};
use unix_kernel::Kind;
use unix_kernel::errno::{ENOENT, ENOTDIR};

use super::inodes::{Inodes, Key};
use crate::fault::{Fault, Result};
use crate::namespace::{Mount, Namespace, ROOT};

/// The system keeps no answer: the shell changes the tree too.
pub(super) const TTL: Duration = Duration::ZERO;
/// No number is used for another file.
pub(super) const GENERATION: Generation = Generation(0);

/// The number of an error.
pub(super) fn errno(fault: &Fault) -> Errno {
    Errno::from_i32(fault.errno.0)
}

/// There is no such file.
fn absent() -> Fault {
    ENOENT.into()
}

pub(super) fn empty(result: Result<()>, reply: ReplyEmpty) {
    match result {
        Ok(()) => reply.ok(),
        Err(fault) => reply.error(errno(&fault)),
    }
}

/// The mounted file system of a file, and its inode there.
pub(super) fn in_mount(namespace: &Namespace, key: &Key) -> Result<(Arc<Mount>, u64)> {
    match key {
        Key::Top(top) => {
            let mount = namespace.mounted(top).flatten();
            Ok((mount.ok_or_else(absent)?, ROOT))
        }
        Key::In { top, mount, inode } => {
            let found = namespace.mounted(top).flatten();
            let found = found.filter(|found| found.id == *mount);
            Ok((found.ok_or_else(absent)?, *inode))
        }
        _ => Err(absent()),
    }
}

/// The file of that name in a directory.
pub(super) fn lookup(namespace: &Namespace, parent: &Key, name: &str) -> Result<Key> {
    match parent {
        Key::Root if name == "dev" => Ok(Key::Dev),
        Key::Root => match namespace.mounted(name) {
            Some(_) => Ok(Key::Top(name.to_owned())),
            None => Err(absent()),
        },
        Key::Dev if name == "kmsg" => Ok(Key::Messages),
        Key::Dev => match namespace.node(name) {
            Some(_) => Ok(Key::Node(name.to_owned())),
            None => Err(absent()),
        },
        Key::Top(top) | Key::In { top, .. } => {
            let (mount, inode) = in_mount(namespace, parent)?;
            Ok(Key::In {
                top: top.clone(),
                mount: mount.id,
                inode: mount.files.lookup(inode, name)?,
            })
        }
        Key::Messages | Key::Node(_) | Key::Made(_) => Err(ENOTDIR.into()),
    }
}

/// What is known of a file. `size` is that of an open device.
pub(super) fn attr(
    namespace: &Namespace,
    key: &Key,
    inode: INodeNo,
    size: impl Fn(&str) -> u64,
) -> Result<FileAttr> {
    let plain = |kind, perm, size| made(inode, kind, perm, size);
    match key {
        Key::Root | Key::Dev => Ok(plain(FileType::Directory, 0o755, 0)),
        Key::Messages => Ok(plain(FileType::RegularFile, 0o666, 0)),
        Key::Node(name) => {
            namespace.node(name).ok_or_else(absent)?;
            Ok(plain(FileType::RegularFile, 0o666, size(name)))
        }
        Key::Made(name) => {
            let special = namespace.node(name).ok_or_else(absent)?;
            let kind = match special.block {
                true => FileType::BlockDevice,
                false => FileType::CharDevice,
            };
            let dev = libc::makedev(special.dev.major, special.dev.minor);
            Ok(FileAttr {
                rdev: dev as u32,
                ..plain(kind, 0o666, 0)
            })
        }
        Key::Top(name) if matches!(namespace.mounted(name), Some(None)) => {
            Ok(plain(FileType::Directory, 0o755, 0))
        }
        Key::Top(_) | Key::In { .. } => {
            let (mount, inside) = in_mount(namespace, key)?;
            let attr = mount.files.getattr(inside)?;
            let changed = SystemTime::UNIX_EPOCH + Duration::from_secs(attr.mtime);
            let perm = (attr.mode & 0o7777) as u16;
            Ok(FileAttr {
                mtime: changed,
                nlink: attr.links,
                uid: attr.uid,
                gid: attr.gid,
                ..plain(file_type(attr.kind), perm, attr.size)
            })
        }
    }
}

fn made(inode: INodeNo, kind: FileType, perm: u16, size: u64) -> FileAttr {
    let now = SystemTime::UNIX_EPOCH;
    FileAttr {
        ino: inode,
        size,
        blocks: size.div_ceil(512),
        atime: now,
        mtime: now,
        ctime: now,
        crtime: now,
        kind,
        perm,
        nlink: if kind == FileType::Directory { 2 } else { 1 },
        uid: 0,
        gid: 0,
        rdev: 0,
        blksize: 4096,
        flags: 0,
    }
}

fn file_type(kind: Kind) -> FileType {
    match kind {
        Kind::File => FileType::RegularFile,
        Kind::Directory => FileType::Directory,
        Kind::Link => FileType::Symlink,
    }
}

/// The entries of a directory.
pub(super) fn entries(
    namespace: &Namespace,
    inodes: &Inodes,
    key: &Key,
    inode: INodeNo,
) -> Result<Vec<(INodeNo, FileType, String)>> {
    let mut all = vec![
        (inode, FileType::Directory, ".".to_owned()),
        (INodeNo::ROOT, FileType::Directory, "..".to_owned()),
    ];
    let mut add = |key: Key, kind, name: String| all.push((inodes.number(&key), kind, name));
    match key {
        Key::Root => {
            add(Key::Dev, FileType::Directory, "dev".to_owned());
            for name in namespace.tops() {
                add(Key::Top(name.clone()), FileType::Directory, name);
            }
        }
        Key::Dev => {
            add(Key::Messages, FileType::RegularFile, "kmsg".to_owned());
            for name in namespace.nodes() {
                add(Key::Node(name.clone()), FileType::RegularFile, name);
            }
        }
        Key::Top(name) if matches!(namespace.mounted(name), Some(None)) => {}
        Key::Top(top) | Key::In { top, .. } => {
            let (mount, inside) = in_mount(namespace, key)?;
            for entry in mount.files.readdir(inside)? {
                let key = Key::In {
                    top: top.clone(),
                    mount: mount.id,
                    inode: entry.inode,
                };
                add(key, file_type(entry.kind), entry.name);
            }
        }
        Key::Messages | Key::Node(_) | Key::Made(_) => return Err(ENOTDIR.into()),
    }
    Ok(all)
}
