//! The inodes of an archive, and how the kernel reads them.

use std::collections::BTreeMap;
use std::io;

use dlkm_rt::Errno;
use unix_kernel::errno::{EINVAL, EIO, EISDIR, ENOENT, ENOTDIR};
use unix_kernel::{Attr, Entry, Kind, Mounted, Statfs, printf};

use crate::content::{Content, Source};
use crate::damaged;

/// The most inodes. Each takes memory.
const MOST: usize = 1 << 20;
/// The deepest path.
const DEEPEST: usize = 256;
const ROOT: u64 = 1;

/// What the archive says about a file.
pub(crate) struct About {
    pub(crate) mode: u32,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) mtime: u64,
    pub(crate) size: u64,
}

struct Node {
    attr: Attr,
    data: Data,
}

enum Data {
    Directory(BTreeMap<String, u64>),
    Link(String),
    File(Content),
}

/// A mounted archive. Inode `n` is at `n - 1`.
pub(crate) struct Tree {
    nodes: Vec<Node>,
    source: Source,
}

impl Tree {
    pub(crate) fn new(source: Source) -> Self {
        let mut tree = Tree {
            nodes: Vec::new(),
            source,
        };
        tree.push(
            Kind::Directory,
            &directory(),
            Data::Directory(BTreeMap::new()),
        );
        tree
    }

    fn push(&mut self, kind: Kind, about: &About, data: Data) -> u64 {
        let inode = self.nodes.len() as u64 + ROOT;
        self.nodes.push(Node {
            attr: Attr {
                inode,
                kind,
                size: about.size,
                mode: about.mode & 0o7777,
                uid: about.uid,
                gid: about.gid,
                mtime: about.mtime,
                links: 1,
            },
            data,
        });
        inode
    }

    fn node(&self, inode: u64) -> Result<&Node, Errno> {
        let at = inode.checked_sub(ROOT).ok_or(ENOENT)?;
        let at = usize::try_from(at).map_err(|_| ENOENT)?;
        self.nodes.get(at).ok_or(ENOENT)
    }

    fn children(&mut self, inode: u64) -> io::Result<&mut BTreeMap<String, u64>> {
        match &mut self.nodes[(inode - ROOT) as usize].data {
            Data::Directory(children) => Ok(children),
            _ => Err(damaged("a file has entries, as if it were a directory")),
        }
    }

    /// The directory of that path, which is made if it is missing.
    fn directory(&mut self, parts: &[&str]) -> io::Result<u64> {
        let mut inode = ROOT;
        for part in parts {
            inode = match self.children(inode)?.get(*part) {
                Some(known) => *known,
                None => {
                    let new = self.make(
                        inode,
                        part,
                        Kind::Directory,
                        &directory(),
                        Data::Directory(BTreeMap::new()),
                    )?;
                    self.nodes[(inode - ROOT) as usize].attr.links += 1;
                    new
                }
            };
        }
        // It may lead to a file.
        self.children(inode)?;
        Ok(inode)
    }

    fn make(
        &mut self,
        parent: u64,
        name: &str,
        kind: Kind,
        about: &About,
        data: Data,
    ) -> io::Result<u64> {
        if self.nodes.len() == MOST {
            return Err(damaged(format!("it has more than {MOST} files")));
        }
        let inode = self.push(kind, about, data);
        if kind == Kind::Directory {
            self.nodes[(inode - ROOT) as usize].attr.links = 2;
        }
        if let Some(old) = self.children(parent)?.insert(name.to_owned(), inode) {
            // A later entry replaces an earlier one, but not a directory.
            if matches!(self.nodes[(old - ROOT) as usize].data, Data::Directory(_)) {
                return Err(damaged(format!("{name:?} is a directory and a file")));
            }
            self.nodes[(old - ROOT) as usize].attr.links -= 1;
        }
        Ok(inode)
    }

    pub(crate) fn add_directory(&mut self, path: &[u8], about: &About) -> io::Result<()> {
        let parts = parts(path)?;
        let inode = self.directory(&parts)?;
        let attr = &mut self.nodes[(inode - ROOT) as usize].attr;
        attr.mode = about.mode & 0o7777;
        (attr.uid, attr.gid, attr.mtime) = (about.uid, about.gid, about.mtime);
        Ok(())
    }

    fn add(&mut self, path: &[u8], kind: Kind, about: &About, data: Data) -> io::Result<()> {
        let parts = parts(path)?;
        let Some((name, parents)) = parts.split_last() else {
            return Err(damaged("a file has no name"));
        };
        let parent = self.directory(parents)?;
        self.make(parent, name, kind, about, data).map(drop)
    }

    pub(crate) fn add_file(
        &mut self,
        path: &[u8],
        about: &About,
        content: Content,
    ) -> io::Result<()> {
        self.add(path, Kind::File, about, Data::File(content))
    }

    pub(crate) fn add_link(&mut self, path: &[u8], about: &About, to: &[u8]) -> io::Result<()> {
        let to = text(to)?.to_owned();
        let about = About {
            size: to.len() as u64,
            ..*about
        };
        self.add(path, Kind::Link, &about, Data::Link(to))
    }

    /// Another name of a file that is there already.
    pub(crate) fn add_name(&mut self, path: &[u8], of: &[u8]) -> io::Result<()> {
        let mut inode = ROOT;
        for part in parts(of)? {
            let known = self.children(inode)?.get(part).copied();
            inode = known.ok_or_else(|| damaged("a hard link leads to no file"))?;
        }
        if matches!(self.nodes[(inode - ROOT) as usize].data, Data::Directory(_)) {
            return Err(damaged("a hard link leads to a directory"));
        }
        let parts = parts(path)?;
        let Some((name, parents)) = parts.split_last() else {
            return Err(damaged("a hard link has no name"));
        };
        let parent = self.directory(parents)?;
        if self.children(parent)?.insert((*name).to_owned(), inode) != Some(inode) {
            self.nodes[(inode - ROOT) as usize].attr.links += 1;
        }
        Ok(())
    }
}

fn directory() -> About {
    About {
        mode: 0o755,
        uid: 0,
        gid: 0,
        mtime: 0,
        size: 0,
    }
}

fn text(bytes: &[u8]) -> io::Result<&str> {
    let text = std::str::from_utf8(bytes);
    text.map_err(|_| {
        damaged(format!(
            "the name {:?} is not UTF-8",
            bytes.escape_ascii().to_string()
        ))
    })
}

/// The names in a path, which stays inside the archive.
fn parts(path: &[u8]) -> io::Result<Vec<&str>> {
    let parts = text(path)?.split('/');
    let parts: Vec<&str> = parts.filter(|part| !matches!(*part, "" | ".")).collect();
    if parts.contains(&"..") {
        return Err(damaged("a path leads out of the archive, by `..`"));
    }
    if parts.len() > DEEPEST {
        return Err(damaged(format!("a path has more than {DEEPEST} names")));
    }
    Ok(parts)
}

impl Mounted for Tree {
    fn lookup(&self, directory: u64, name: &str) -> Result<u64, Errno> {
        match &self.node(directory)?.data {
            Data::Directory(children) => children.get(name).copied().ok_or(ENOENT),
            _ => Err(ENOTDIR),
        }
    }

    fn getattr(&self, inode: u64) -> Result<Attr, Errno> {
        Ok(self.node(inode)?.attr)
    }

    fn read(&self, inode: u64, at: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let node = self.node(inode)?;
        match &node.data {
            Data::File(content) => {
                let read = self.source.read(content, node.attr.size, at, into);
                read.map_err(|error| {
                    printf!("archive: inode {inode}: {error}");
                    EIO
                })
            }
            Data::Directory(_) => Err(EISDIR),
            Data::Link(_) => Err(EINVAL),
        }
    }

    fn readdir(&self, inode: u64) -> Result<Vec<Entry>, Errno> {
        let Data::Directory(children) = &self.node(inode)?.data else {
            return Err(ENOTDIR);
        };
        let entry = |(name, inode): (&String, &u64)| {
            let kind = self.node(*inode)?.attr.kind;
            Ok(Entry {
                name: name.clone(),
                inode: *inode,
                kind,
            })
        };
        children.iter().map(entry).collect()
    }

    fn readlink(&self, inode: u64) -> Result<String, Errno> {
        match &self.node(inode)?.data {
            Data::Link(to) => Ok(to.clone()),
            _ => Err(EINVAL),
        }
    }

    fn statfs(&self) -> Statfs {
        Statfs {
            files: self.nodes.len() as u64,
            bytes: self.nodes.iter().map(|node| node.attr.size).sum(),
        }
    }
}
