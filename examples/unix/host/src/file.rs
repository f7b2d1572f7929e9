//! Open files of all kinds.

use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use dlkm_rt::{Errno, Held};
use unix_kernel::errno::{EINVAL, EISDIR, ENOSPC, ENOTTY, EROFS};
use unix_kernel::{BLOCK, BlockFile, CharFile, Kind, Ready};

use crate::fault::Result;
use crate::namespace::Mount;
use crate::services;
use crate::stream::Stream;

/// An open file.
pub(crate) enum File {
    Char(Held<Box<dyn CharFile>>),
    Block(BlockDevice),
    Stream(Stream),
    /// The message buffer.
    Messages,
    /// A file of a mounted file system, which stays mounted.
    Mounted {
        mount: Arc<Mount>,
        inode: u64,
    },
    /// A file of the system below.
    Host(std::fs::File),
}

impl File {
    pub(crate) fn read(&self, at: u64, into: &mut [u8]) -> Result<usize> {
        Ok(match self {
            File::Char(device) => device.read(at, into)?,
            File::Block(device) => device.read(at, into)?,
            File::Stream(stream) => stream.read(into)?,
            File::Messages => {
                let messages = services::messages();
                let at = usize::try_from(at).unwrap_or(usize::MAX);
                let rest = messages.as_bytes().get(at..).unwrap_or_default();
                let count = rest.len().min(into.len());
                into[..count].copy_from_slice(&rest[..count]);
                count
            }
            File::Mounted { mount, inode } => mount.files.read(*inode, at, into)?,
            File::Host(file) => file.read_at(into, at)?,
        })
    }

    pub(crate) fn write(&self, at: u64, from: &[u8]) -> Result<usize> {
        Ok(match self {
            File::Char(device) => device.write(at, from)?,
            File::Block(device) => device.write(at, from)?,
            File::Stream(stream) => stream.write(from)?,
            File::Messages => {
                unix_kernel::printf!("{}", String::from_utf8_lossy(from));
                from.len()
            }
            File::Mounted { .. } => return Err(EROFS.into()),
            File::Host(file) => file.write_at(from, at)?,
        })
    }

    /// Writes all of it, in as many writes as the device wants.
    pub(crate) fn write_all(&self, mut at: u64, mut from: &[u8]) -> Result<()> {
        while !from.is_empty() {
            let count = self.write(at, from)?;
            if count == 0 {
                return Err(ENOSPC.into());
            }
            at += count as u64;
            from = &from[count..];
        }
        Ok(())
    }

    pub(crate) fn ioctl(&self, command: u32, arg: &mut Vec<u8>) -> Result<i32> {
        match self {
            File::Char(device) => Ok(device.ioctl(command, arg)?),
            File::Block(device) => Ok(device.device.ioctl(command, arg)?),
            // A stream head sends what it does not know down, and no driver here knows any.
            File::Stream(_) => Err(EINVAL.into()),
            File::Messages | File::Mounted { .. } | File::Host(_) => Err(ENOTTY.into()),
        }
    }

    /// The size of a device that has one.
    #[cfg(feature = "fuse")]
    pub(crate) fn size(&self) -> Option<u64> {
        match self {
            File::Char(device) => device.size(),
            File::Block(device) => Some(device.device.blocks() * BLOCK as u64),
            _ => None,
        }
    }

    /// Whether it has no position.
    #[cfg(feature = "fuse")]
    pub(crate) fn has_no_position(&self) -> bool {
        match self {
            File::Char(device) => device.has_no_position(),
            File::Stream(_) => true,
            _ => false,
        }
    }

    /// Whether reads and writes may sleep.
    #[cfg(feature = "fuse")]
    pub(crate) fn may_sleep(&self) -> bool {
        match self {
            File::Char(device) => device.size().is_none(),
            File::Stream(_) => true,
            _ => false,
        }
    }

    /// Ends the sleep of all that read or write this file.
    #[cfg(feature = "fuse")]
    pub(crate) fn wake(&self) {
        match self {
            File::Char(device) => device.wake(),
            File::Stream(stream) => stream.wake(),
            _ => {}
        }
    }

    /// What can be done without sleep.
    pub(crate) fn select(&self) -> Ready {
        match self {
            File::Char(device) => device.select(),
            File::Stream(stream) => stream.select(),
            _ => Ready {
                read: true,
                write: !matches!(self, File::Mounted { .. }),
            },
        }
    }

    /// Closes it. It is not used any more.
    pub(crate) fn close(&self) -> Result<()> {
        match self {
            File::Char(device) => Ok(device.close()?),
            File::Block(device) => Ok(device.device.close()?),
            File::Stream(stream) => {
                stream.close();
                Ok(())
            }
            File::Messages | File::Mounted { .. } | File::Host(_) => Ok(()),
        }
    }
}

/// An error if a directory is opened as a file.
pub(crate) fn not_directory(kind: Kind) -> Result<()> {
    match kind {
        Kind::Directory => Err(EISDIR.into()),
        Kind::File | Kind::Link => Ok(()),
    }
}

/// A block device that is read and written in bytes, as through UNIX's buffer cache.
pub(crate) struct BlockDevice {
    device: Held<Box<dyn BlockFile>>,
}

/// A write of a part of a block reads the block first. No other write may come between.
static WRITES: Mutex<()> = Mutex::new(());

impl BlockDevice {
    pub(crate) fn new(device: Held<Box<dyn BlockFile>>) -> Self {
        BlockDevice { device }
    }

    /// How many of these bytes are on the device, and the blocks that they are in.
    fn blocks(&self, at: u64, length: usize) -> Option<(usize, u64, usize)> {
        let size = self.device.blocks() * BLOCK as u64;
        let rest = size.checked_sub(at).filter(|rest| *rest > 0)?;
        let count = length.min(usize::try_from(rest).unwrap_or(usize::MAX));
        let before = (at % BLOCK as u64) as usize;
        let blocks = (before + count).div_ceil(BLOCK);
        Some((count, at / BLOCK as u64, blocks * BLOCK))
    }

    fn read(&self, at: u64, into: &mut [u8]) -> std::result::Result<usize, Errno> {
        let Some((count, first, length)) = self.blocks(at, into.len()) else {
            return Ok(0);
        };
        let before = (at % BLOCK as u64) as usize;
        let mut whole = vec![0; length];
        self.device.read_blocks(first, &mut whole)?;
        into[..count].copy_from_slice(&whole[before..before + count]);
        Ok(count)
    }

    fn write(&self, at: u64, from: &[u8]) -> std::result::Result<usize, Errno> {
        if from.is_empty() {
            return Ok(0);
        }
        let (count, first, length) = self.blocks(at, from.len()).ok_or(ENOSPC)?;
        let before = (at % BLOCK as u64) as usize;
        let _alone = WRITES.lock().unwrap_or_else(PoisonError::into_inner);
        let mut whole = vec![0; length];
        if before != 0 || count != length {
            self.device.read_blocks(first, &mut whole)?;
        }
        whole[before..before + count].copy_from_slice(&from[..count]);
        self.device.write_blocks(first, &whole)?;
        Ok(count)
    }
}
