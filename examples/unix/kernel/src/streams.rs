//! STREAMS: messages, queues, and the switch table of the modules that can be pushed, `fmodsw`.
//!
//! A stream is a row: the head, which a program reads and writes; modules; the driver's end. Each of
//! these but the head is a [`StreamModule`], and has two queues: one on the way down, to the driver, and
//! one on the way up. The kernel has the queues, and calls the procedures with one.

use dlkm_rt::{Held, Interface, interface, switch};

use crate::device::OpenFlags;
use crate::errno::Error;
use crate::kern;
use crate::wsio::Entered;

/// What passes along a stream.
#[derive(Clone, Debug, PartialEq, Eq, Interface)]
pub enum Message {
    /// `M_DATA`.
    Data(Vec<u8>),
    /// `M_HANGUP`: nothing more will come from below.
    Hangup,
}

impl Message {
    /// How much it counts in a queue.
    pub fn size(&self) -> usize {
        match self {
            Message::Data(bytes) => bytes.len(),
            Message::Hangup => 0,
        }
    }
}

/// Which of the two queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub enum Side {
    /// Up, to the head.
    Read,
    /// Down, to the driver.
    Write,
}

/// The limits of a queue: `module_info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub struct Limits {
    /// `mi_hiwat`: with so many bytes the queue is full, and `canputnext` of those behind it is false.
    pub high: usize,
    /// `mi_lowat`: with so few bytes the queue calls for more: those behind it are enabled.
    pub low: usize,
    /// Whether there is a service procedure. Without one, the queue is not asked whether it is full.
    pub service: bool,
}

// ANCHOR: queue
/// A queue, for the procedures.
#[interface]
pub trait Queue {
    /// Puts a message at the end of the queue, and schedules the service procedure.
    fn putq(&mut self, message: Message);

    /// The first message, taken out.
    fn getq(&mut self) -> Option<Message>;

    /// Puts a message back, as the first. The service procedure runs again when there is room in front.
    fn putbq(&mut self, message: Message);

    /// Whether the next queue with a service procedure has room. If not, this queue is enabled when it
    /// has.
    fn canputnext(&mut self) -> bool;

    /// Passes a message to the next put procedure.
    fn putnext(&mut self, message: Message);

    /// Passes a message the other way.
    fn qreply(&mut self, message: Message);
}
// ANCHOR_END: queue

// ANCHOR: stream_module
/// What is pushed on a stream, or a driver's end.
///
/// The kernel never calls two procedures of a stream at once: `SQLVL_ELSEWHERE` with the stream as the
/// perimeter.
#[interface]
pub trait StreamModule: Send {
    /// The limits of its queues.
    fn limits(&self, side: Side) -> Limits;

    /// A message arrives.
    fn put(&mut self, side: Side, queue: &mut dyn Queue, message: Message);

    /// Messages are in the queue, and there may be room in front.
    fn service(&mut self, side: Side, queue: &mut dyn Queue);

    /// The stream is there. A driver's end gets the way to send messages up by itself.
    fn start(&mut self, _upstream: Held<Box<dyn Upstream>>) {}

    /// It is popped, or the stream is closed. It may still pass on what it has, on either side.
    fn close(&mut self, side: Side, queue: &mut dyn Queue);
}
// ANCHOR_END: stream_module

/// The way from a driver's interrupt into its stream.
#[interface]
pub trait Upstream: Send + Sync {
    /// Passes a message to the module above the driver. Once the stream is closed, it has no effect.
    ///
    /// Don't call it from a procedure of the same stream: `qreply` and `putnext` are for those.
    fn put(&self, message: Message);

    /// Whether there is room above. If not, the driver's service procedure of that side is called when
    /// there is.
    fn can_put(&self) -> bool;

    /// Has the driver's service procedure of the write side called.
    fn enable(&self);
}

// ANCHOR: fmod
/// A module that can be pushed.
#[switch(name = "fmod", table = "fmodsw")]
pub trait Fmod {
    /// Opens the module for one stream: `I_PUSH`. The module is busy until the result is dropped.
    ///
    /// # Errors
    /// The module's, and those of its load.
    #[ustub]
    fn open(flags: OpenFlags) -> Result<Held<Box<dyn StreamModule>>, Error>;
}
// ANCHOR_END: fmod

/// HP-UX's `streams_info_t`.
#[derive(Clone, Debug, PartialEq, Eq, Interface)]
pub struct StreamsInfo {
    /// Its name.
    pub name: String,
    /// The major number of a driver; `None` for a module.
    pub major: Option<u32>,
}

/// Enters a STREAMS driver or module into the kernel's list. Dropping the result is `str_uninstall()`.
///
/// # Errors
/// `EEXIST`: it is there already.
pub fn str_install(info: &StreamsInfo) -> Result<Entered, Error> {
    kern::str_install(info)?;
    Ok(Entered::streams(&info.name))
}
