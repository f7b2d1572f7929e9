//! The inodes of the file system: a number for each file that was asked for.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use fuser::INodeNo;
use unix_kernel::errno::ENOENT;

use crate::fault::Result;

/// A file of the tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Root,
    Dev,
    /// `/dev/kmsg`.
    Messages,
    /// A special file, as a file to read and write.
    Node(String),
    /// A special file, as mknod(2) makes it: the system expects the kind of file that it asked for.
    Made(String),
    /// A directory in the root.
    Top(String),
    /// A file of what is mounted there, while it is that mount.
    In {
        top: String,
        mount: u64,
        inode: u64,
    },
}

/// Numbers and files. A number stays as long as the process runs.
#[derive(Default)]
pub(super) struct Inodes(Mutex<Table>);

struct Table {
    keys: Vec<Key>,
    numbers: HashMap<Key, u64>,
}

impl Default for Table {
    fn default() -> Self {
        Table {
            keys: vec![Key::Root],
            numbers: HashMap::from([(Key::Root, INodeNo::ROOT.0)]),
        }
    }
}

impl Inodes {
    pub(super) fn number(&self, key: &Key) -> INodeNo {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = table.numbers.get(key) {
            return INodeNo(*known);
        }
        table.keys.push(key.clone());
        let number = table.keys.len() as u64;
        table.numbers.insert(key.clone(), number);
        INodeNo(number)
    }

    pub(super) fn key(&self, inode: INodeNo) -> Result<Key> {
        let table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = inode
            .0
            .checked_sub(1)
            .and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| table.keys.get(at).cloned())
            .ok_or_else(|| ENOENT.into())
    }
}
