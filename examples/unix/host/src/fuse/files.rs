//! The file system's functions.
//!
//! A special file appears as a file, whose reads and writes come here: as a real special file it would
//! lead to a driver of the system below.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use fuser::{
    BsdFileFlags, FileHandle, Filesystem, FopenFlags, INodeNo, IoctlFlags, LockOwner, OpenAccMode,
    OpenFlags, ReplyAttr, ReplyData, ReplyDirectory, ReplyEmpty, ReplyEntry, ReplyIoctl, ReplyOpen,
    ReplyStatfs, ReplyWrite, Request, TimeOrNow, WriteFlags,
};
use unix_kernel::Dev;
use unix_kernel::errno::{EBADF, EINVAL, EISDIR, EPERM, EROFS};

use super::answers::{self, GENERATION, TTL, errno};
use super::inodes::{Inodes, Key};
use super::sleepers::Sleepers;
use crate::devices::Special;
use crate::fault::Result;
use crate::file::File;
use crate::namespace::Namespace;

/// The file system.
pub(super) struct Files {
    namespace: Arc<Namespace>,
    inodes: Inodes,
    open: Mutex<HashMap<u64, Open>>,
    /// How large the open devices are, and how often they are open.
    sizes: Mutex<HashMap<String, (u64, usize)>>,
    next: AtomicU64,
    sleepers: Sleepers,
}

/// An open file, and its name if it is a special file.
#[derive(Clone)]
struct Open {
    file: Arc<File>,
    node: Option<String>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Files {
    pub(super) fn new(namespace: Arc<Namespace>) -> Self {
        Files {
            namespace,
            inodes: Inodes::default(),
            open: Mutex::default(),
            sizes: Mutex::default(),
            next: AtomicU64::new(1),
            sleepers: Sleepers::default(),
        }
    }

    fn size(&self, node: &str) -> u64 {
        lock(&self.sizes).get(node).map_or(0, |(size, _)| *size)
    }

    fn name(name: &OsStr) -> Result<&str> {
        name.to_str().ok_or_else(|| EINVAL.into())
    }

    fn open_file(&self, inode: INodeNo, flags: OpenFlags) -> Result<(u64, FopenFlags)> {
        let flags = unix_kernel::OpenFlags {
            read: flags.acc_mode() != OpenAccMode::O_WRONLY,
            write: flags.acc_mode() != OpenAccMode::O_RDONLY,
            no_delay: flags.0 & libc::O_NONBLOCK != 0,
        };
        let key = self.inodes.key(inode)?;
        let (file, node) = match &key {
            Key::Messages => (File::Messages, None),
            Key::Node(name) => {
                let file = self.namespace.open(&format!("/dev/{name}"), flags)?;
                (file, Some(name.clone()))
            }
            Key::In { .. } => {
                let (mount, inode) = answers::in_mount(&self.namespace, &key)?;
                if flags.write {
                    return Err(EROFS.into());
                }
                (File::Mounted { mount, inode }, None)
            }
            _ => return Err(EISDIR.into()),
        };
        let mut how = FopenFlags::empty();
        how.set(
            FopenFlags::FOPEN_DIRECT_IO,
            !matches!(file, File::Mounted { .. }),
        );
        // With a position, a writer would wait for a reader of the same open file.
        how.set(FopenFlags::FOPEN_STREAM, file.has_no_position());
        // Nor need writers wait for each other here.
        how.set(FopenFlags::FOPEN_PARALLEL_DIRECT_WRITES, file.may_sleep());
        if let Some(node) = &node {
            let mut sizes = lock(&self.sizes);
            let known = sizes.entry(node.clone()).or_default();
            *known = (file.size().unwrap_or(0), known.1 + 1);
        }
        let file = Arc::new(file);
        // Relaxed: only the number counts.
        let number = self.next.fetch_add(1, Relaxed);
        lock(&self.open).insert(number, Open { file, node });
        Ok((number, how))
    }

    fn file(&self, handle: FileHandle) -> Result<Arc<File>> {
        let open = lock(&self.open);
        let open = open.get(&u64::from(handle)).ok_or(EBADF)?;
        Ok(Arc::clone(&open.file))
    }

    fn close(&self, handle: FileHandle) -> Result<()> {
        let open = lock(&self.open).remove(&u64::from(handle)).ok_or(EBADF)?;
        if let Some(node) = open.node {
            let mut sizes = lock(&self.sizes);
            if let Some((_, times)) = sizes.get_mut(&node) {
                *times -= 1;
                if *times == 0 {
                    sizes.remove(&node);
                }
            }
        }
        open.file.close()
    }

    fn make(&self, parent: INodeNo, name: &OsStr, mode: u32, rdev: u32) -> Result<Key> {
        if self.inodes.key(parent)? != Key::Dev {
            return Err(EPERM.into());
        }
        let name = Files::name(name)?;
        let block = match mode & libc::S_IFMT {
            libc::S_IFBLK => true,
            libc::S_IFCHR => false,
            _ => return Err(EPERM.into()),
        };
        let dev = Dev {
            major: libc::major(u64::from(rdev)),
            minor: libc::minor(u64::from(rdev)),
        };
        self.namespace
            .mknod(&format!("/dev/{name}"), Special { block, dev })?;
        Ok(Key::Made(name.to_owned()))
    }
}

impl Filesystem for Files {
    fn lookup(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEntry) {
        let found = Files::name(name).and_then(|name| {
            let key = answers::lookup(&self.namespace, &self.inodes.key(parent)?, name)?;
            self.attr(&key)
        });
        match found {
            Ok(attr) => reply.entry(&TTL, &attr, GENERATION),
            Err(fault) => reply.error(errno(&fault)),
        }
    }

    fn getattr(&self, _: &Request, inode: INodeNo, _: Option<FileHandle>, reply: ReplyAttr) {
        match self.inodes.key(inode).and_then(|key| self.attr(&key)) {
            Ok(attr) => reply.attr(&TTL, &attr),
            Err(fault) => reply.error(errno(&fault)),
        }
    }

    /// A device is not cut off by `> FILE`, and has no owner to change.
    fn setattr(
        &self,
        _: &Request,
        inode: INodeNo,
        _mode: Option<u32>,
        _uid: Option<u32>,
        _gid: Option<u32>,
        _size: Option<u64>,
        _atime: Option<TimeOrNow>,
        _mtime: Option<TimeOrNow>,
        _ctime: Option<SystemTime>,
        _fh: Option<FileHandle>,
        _crtime: Option<SystemTime>,
        _chgtime: Option<SystemTime>,
        _bkuptime: Option<SystemTime>,
        _flags: Option<BsdFileFlags>,
        reply: ReplyAttr,
    ) {
        let attr = self.inodes.key(inode).and_then(|key| match key {
            Key::In { .. } => Err(EROFS.into()),
            key => self.attr(&key),
        });
        match attr {
            Ok(attr) => reply.attr(&TTL, &attr),
            Err(fault) => reply.error(errno(&fault)),
        }
    }

    fn readlink(&self, _: &Request, inode: INodeNo, reply: ReplyData) {
        let target = self.inodes.key(inode).and_then(|key| {
            let (mount, inode) = answers::in_mount(&self.namespace, &key)?;
            Ok(mount.files.readlink(inode)?)
        });
        match target {
            Ok(target) => reply.data(target.as_bytes()),
            Err(fault) => reply.error(errno(&fault)),
        }
    }

    fn mknod(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        mode: u32,
        _umask: u32,
        rdev: u32,
        reply: ReplyEntry,
    ) {
        let made = self
            .make(parent, name, mode, rdev)
            .and_then(|key| self.attr(&key));
        match made {
            Ok(attr) => reply.entry(&TTL, &attr, GENERATION),
            Err(fault) => reply.error(errno(&fault)),
        }
    }

    fn mkdir(
        &self,
        _: &Request,
        parent: INodeNo,
        name: &OsStr,
        _mode: u32,
        _umask: u32,
        reply: ReplyEntry,
    ) {
        let made = Files::name(name).and_then(|name| {
            if self.inodes.key(parent)? != Key::Root {
                return Err(EPERM.into());
            }
            self.namespace.mkdir(&format!("/{name}"))?;
            self.attr(&Key::Top(name.to_owned()))
        });
        match made {
            Ok(attr) => reply.entry(&TTL, &attr, GENERATION),
            Err(fault) => reply.error(errno(&fault)),
        }
    }

    fn unlink(&self, _: &Request, parent: INodeNo, name: &OsStr, reply: ReplyEmpty) {
        let gone = Files::name(name).and_then(|name| match self.inodes.key(parent)? {
            Key::Dev => self.namespace.remove(&format!("/dev/{name}")),
            _ => Err(EPERM.into()),
        });
        answers::empty(gone, reply);
    }

    fn open(&self, _: &Request, inode: INodeNo, flags: OpenFlags, reply: ReplyOpen) {
        match self.open_file(inode, flags) {
            Ok((number, how)) => reply.opened(FileHandle(number), how),
            Err(fault) => reply.error(errno(&fault)),
        }
    }

    fn read(
        &self,
        request: &Request,
        _: INodeNo,
        handle: FileHandle,
        offset: u64,
        size: u32,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyData,
    ) {
        let work = move |file: &File| {
            let mut bytes = vec![0; size as usize];
            let count = file.read(offset, &mut bytes)?;
            bytes.truncate(count);
            Ok(bytes)
        };
        let answer = move |read: Result<Vec<u8>>| match read {
            Ok(bytes) => reply.data(&bytes),
            Err(fault) => reply.error(errno(&fault)),
        };
        match self.file(handle) {
            Ok(file) if file.may_sleep() => {
                self.sleepers.run(request.pid(), &file, work, answer);
            }
            Ok(file) => answer(work(&file)),
            Err(fault) => answer(Err(fault)),
        }
    }

    fn write(
        &self,
        request: &Request,
        _: INodeNo,
        handle: FileHandle,
        offset: u64,
        data: &[u8],
        _: WriteFlags,
        _: OpenFlags,
        _: Option<LockOwner>,
        reply: ReplyWrite,
    ) {
        let data = data.to_owned();
        let work = move |file: &File| file.write(offset, &data);
        let answer = move |written: Result<usize>| match written {
            // No more than was asked for, which is a `u32`.
            Ok(count) => reply.written(count as u32),
            Err(fault) => reply.error(errno(&fault)),
        };
        match self.file(handle) {
            Ok(file) if file.may_sleep() => {
                self.sleepers.run(request.pid(), &file, work, answer);
            }
            Ok(file) => answer(work(&file)),
            Err(fault) => answer(Err(fault)),
        }
    }

    fn flush(&self, _: &Request, _: INodeNo, _: FileHandle, _: LockOwner, reply: ReplyEmpty) {
        reply.ok();
    }

    fn release(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        _: OpenFlags,
        _: Option<LockOwner>,
        _: bool,
        reply: ReplyEmpty,
    ) {
        answers::empty(self.close(handle), reply);
    }

    fn fsync(&self, _: &Request, _: INodeNo, _: FileHandle, _: bool, reply: ReplyEmpty) {
        reply.ok();
    }

    fn readdir(
        &self,
        _: &Request,
        inode: INodeNo,
        _: FileHandle,
        offset: u64,
        mut reply: ReplyDirectory,
    ) {
        let entries = self
            .inodes
            .key(inode)
            .and_then(|key| answers::entries(&self.namespace, &self.inodes, &key, inode));
        let entries = match entries {
            Ok(entries) => entries,
            Err(fault) => return reply.error(errno(&fault)),
        };
        let from = usize::try_from(offset).unwrap_or(usize::MAX);
        for (at, (inode, kind, name)) in (1..).zip(entries).skip(from) {
            if reply.add(inode, at, kind, name) {
                break;
            }
        }
        reply.ok();
    }

    fn statfs(&self, _: &Request, inode: INodeNo, reply: ReplyStatfs) {
        let sums = self.inodes.key(inode).and_then(|key| {
            let (mount, _) = answers::in_mount(&self.namespace, &key)?;
            Ok(mount.files.statfs())
        });
        match sums {
            Ok(sums) => reply.statfs(sums.bytes.div_ceil(512), 0, 0, sums.files, 0, 512, 255, 512),
            Err(_) => reply.statfs(0, 0, 0, 0, 0, 512, 255, 512),
        }
    }

    fn ioctl(
        &self,
        _: &Request,
        _: INodeNo,
        handle: FileHandle,
        _: IoctlFlags,
        command: u32,
        data: &[u8],
        room: u32,
        reply: ReplyIoctl,
    ) {
        let mut arg = data.to_owned();
        arg.resize(arg.len().max(room as usize), 0);
        match self
            .file(handle)
            .and_then(|file| file.ioctl(command, &mut arg))
        {
            Ok(result) => reply.ioctl(result, &arg[..room as usize]),
            Err(fault) => reply.error(errno(&fault)),
        }
    }
}

impl Files {
    /// What is known of a file.
    fn attr(&self, key: &Key) -> Result<fuser::FileAttr> {
        let inode = self.inodes.number(key);
        answers::attr(&self.namespace, key, inode, |node| self.size(node))
    }
}
