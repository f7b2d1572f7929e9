//! The module `unix-lz4`: a STREAMS module that compresses what is written, one LZ4 frame for each message, and
//! decompresses what is read.

mod frame;

use std::io;
use std::sync::{Mutex, PoisonError};

use dlkm_rt::{Held, HookError, LoadArg, ModuleCell, module};
use unix_kernel::streams::{Limits, Message, Queue, Side, StreamModule, StreamsInfo, str_install};
use unix_kernel::wsio::Installed;
use unix_kernel::{Error, Fmod, OpenFlags, printf};

/// The module.
pub struct Lz4;

#[module(
    // `dcat` of the same workspace has a module `lz4`.
    name = "unix-lz4",
    keys = ["lz4"],
    kind = "streams_mod",
    desc = "Compresses what is written, decompresses what is read",
    load = lz4_load,
)]
impl Fmod for Lz4 {
    fn open(_: OpenFlags) -> Result<Held<Box<dyn StreamModule>>, Error> {
        Ok(Held::new(Box::new(Compressor::default())))
    }
}

static INSTALLED: ModuleCell<Mutex<Installed>> = ModuleCell::new(Mutex::default);

/// The argument says nothing that a STREAMS module needs, but its name.
fn lz4_load(arg: &LoadArg) -> Result<(), HookError> {
    let mut installed = Installed::new();
    installed.add(str_install(&StreamsInfo {
        name: arg.module().to_owned(),
        major: None,
    })?);
    INSTALLED.with(|all| *all.lock().unwrap_or_else(PoisonError::into_inner) = installed);
    Ok(())
}

/// The module on one stream.
#[derive(Default)]
struct Compressor {
    /// What has come up, as far as it is no whole frame.
    partial: Vec<u8>,
    /// After data that are no frames, nothing more is understood.
    broken: bool,
}

impl StreamModule for Compressor {
    // ANCHOR: limits
    fn limits(&self, _: Side) -> Limits {
        Limits {
            high: 8192,
            low: 2048,
            service: true,
        }
    }
    // ANCHOR_END: limits

    // ANCHOR: flow
    /// Only queues. So messages stay in order, and the service procedure asks for room.
    fn put(&mut self, _: Side, queue: &mut dyn Queue, message: Message) {
        queue.putq(message);
    }

    fn service(&mut self, side: Side, queue: &mut dyn Queue) {
        while let Some(message) = queue.getq() {
            if !queue.canputnext() {
                queue.putbq(message);
                return;
            }
            self.pass(side, queue, message);
        }
    }
    // ANCHOR_END: flow

    fn close(&mut self, side: Side, queue: &mut dyn Queue) {
        // Whether there is room or not: this is the last chance.
        while let Some(message) = queue.getq() {
            self.pass(side, queue, message);
        }
    }
}

impl Compressor {
    fn pass(&mut self, side: Side, queue: &mut dyn Queue, message: Message) {
        match (side, message) {
            (Side::Write, Message::Data(bytes)) => match frame::packed(&bytes) {
                Ok(frame) => queue.putnext(Message::Data(frame)),
                Err(error) => printf!("lz4: {error}"),
            },
            (Side::Read, Message::Data(bytes)) => self.unpack(queue, &bytes),
            (_, other) => queue.putnext(other),
        }
    }

    /// Passes on what the frames contain that are complete now.
    fn unpack(&mut self, queue: &mut dyn Queue, bytes: &[u8]) {
        if self.broken {
            return;
        }
        self.partial.extend_from_slice(bytes);
        if let Err(error) = self.pass_frames(queue) {
            // As the line of a terminal that is cut.
            printf!("lz4: {error}");
            self.broken = true;
            self.partial = Vec::new();
            queue.putnext(Message::Hangup);
        }
    }

    fn pass_frames(&mut self, queue: &mut dyn Queue) -> io::Result<()> {
        while let Some(length) = frame::length(&self.partial)? {
            let content = frame::unpacked(&self.partial[..length])?;
            self.partial.drain(..length);
            if !content.is_empty() {
                queue.putnext(Message::Data(content));
            }
        }
        Ok(())
    }
}
