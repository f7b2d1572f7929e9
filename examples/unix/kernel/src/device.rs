//! The switch tables of devices: `cdevsw` and `bdevsw`.

use dlkm_rt::{Errno, Held, Interface, interface, switch};

use crate::errno::Error;
use crate::streams::StreamModule;

/// The size of a block, in bytes.
pub const BLOCK: usize = 512;

/// Names a device: the major number selects the driver, the minor number is for the driver to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub struct Dev {
    /// Which driver.
    pub major: u32,
    /// Which of the driver's devices.
    pub minor: u32,
}

/// How a device is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub struct OpenFlags {
    /// `FREAD`.
    pub read: bool,
    /// `FWRITE`.
    pub write: bool,
    /// `FNDELAY`: calls that would sleep fail with `EAGAIN`.
    pub no_delay: bool,
}

/// A character driver: HP-UX's `drv_ops_t` with `d_open`. The others are the methods of what it opens.
#[switch(name = "cdev", table = "cdevsw")]
pub trait Cdev {
    /// Opens a device. The module is busy until the result is dropped.
    ///
    /// # Errors
    /// `ENXIO`: there is no such minor number. The driver may have others, and so may its load.
    #[ustub]
    fn open(dev: Dev, flags: OpenFlags) -> Result<Opened, Error>;
}

/// What a character driver opens.
#[derive(Interface)]
pub enum Opened {
    /// A device, whose functions the kernel calls.
    Device(Held<Box<dyn CharFile>>),
    /// The driver's end of a stream. The kernel adds the head, and the modules that are pushed.
    Stream(Held<Box<dyn StreamModule>>),
}

/// An open character device. Several threads may call it at once.
#[interface]
pub trait CharFile: Send + Sync {
    /// Reads from that position of the file, and returns how many bytes; 0 at the end. `d_read`.
    ///
    /// # Errors
    /// `EAGAIN`: it would sleep, and the device was opened with `no_delay`. `EINTR`: [`wake`](Self::wake)
    /// was called.
    fn read(&self, at: u64, into: &mut [u8]) -> Result<usize, Errno>;

    /// Writes at that position of the file, and returns how many bytes it took, at least one. `d_write`.
    ///
    /// # Errors
    /// As [`read`](Self::read); `ENOSPC` at the end of the device.
    fn write(&self, at: u64, from: &[u8]) -> Result<usize, Errno>;

    /// A command of the device, whose argument it may change. `d_ioctl`.
    ///
    /// # Errors
    /// `ENOTTY`: the device does not know the command.
    fn ioctl(&self, command: u32, arg: &mut Vec<u8>) -> Result<i32, Errno>;

    /// What can be done without sleep. `d_select`.
    fn select(&self) -> Ready;

    /// The size in bytes, for a device that has one.
    fn size(&self) -> Option<u64> {
        None
    }

    /// Whether it has no position, as a terminal. The position of each read and write is 0 then.
    fn has_no_position(&self) -> bool {
        false
    }

    /// Ends the sleep of each call of this file: they fail with `EINTR`.
    fn wake(&self) {}

    /// The last close of this file. `d_close`.
    ///
    /// # Errors
    /// The driver's.
    fn close(&self) -> Result<(), Errno>;
}

/// What can be done with a device without sleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub struct Ready {
    /// Whether there is something to read, or the end.
    pub read: bool,
    /// Whether there is room.
    pub write: bool,
}

/// A block driver.
#[switch(name = "bdev", table = "bdevsw")]
pub trait Bdev {
    /// Opens a device. The module is busy until the result is dropped.
    ///
    /// # Errors
    /// `ENXIO`: there is no such minor number. The driver may have others, and so may its load.
    #[ustub]
    fn open(dev: Dev, flags: OpenFlags) -> Result<Held<Box<dyn BlockFile>>, Error>;
}

/// An open block device. Several threads may call it at once.
#[interface]
pub trait BlockFile: Send + Sync {
    /// The number of blocks. `d_psize`.
    fn blocks(&self) -> u64;

    /// Reads whole blocks, from this one on. `d_strategy` with `B_READ`.
    ///
    /// # Errors
    /// `ENXIO`: a block is not on the device.
    fn read_blocks(&self, first: u64, into: &mut [u8]) -> Result<(), Errno>;

    /// Writes whole blocks, from this one on. `d_strategy`.
    ///
    /// # Errors
    /// `ENXIO`: a block is not on the device.
    fn write_blocks(&self, first: u64, from: &[u8]) -> Result<(), Errno>;

    /// A command of the device. `d_ioctl`.
    ///
    /// # Errors
    /// `ENOTTY`: the device does not know the command.
    fn ioctl(&self, command: u32, arg: &mut Vec<u8>) -> Result<i32, Errno>;

    /// The last close of this file. `d_close`.
    ///
    /// # Errors
    /// The driver's.
    fn close(&self) -> Result<(), Errno>;
}
