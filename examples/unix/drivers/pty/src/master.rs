//! The master: what a program reads and writes.

use std::sync::Arc;

use dlkm_rt::Errno;
use unix_kernel::errno::{EAGAIN, EBUSY, EINTR, EIO, ENOTTY};
use unix_kernel::streams::Message;
use unix_kernel::{CharFile, OpenFlags, Ready};

use crate::pair::Pair;

/// The largest message that is sent up.
const PACKET: usize = 4096;

/// The open master.
pub(crate) struct Master {
    pair: Arc<Pair>,
    flags: OpenFlags,
}

impl Master {
    /// Opens it, for one program only.
    ///
    /// # Errors
    /// `EBUSY`: it is open.
    pub(crate) fn open(pair: Arc<Pair>, flags: OpenFlags) -> Result<Self, Errno> {
        let mut inside = pair.lock();
        if inside.master {
            return Err(EBUSY);
        }
        inside.master = true;
        inside.to_master.clear();
        drop(inside);
        Ok(Master { pair, flags })
    }
}

impl CharFile for Master {
    fn read(&self, _: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let mut inside = self.pair.lock();
        let wakes = inside.wakes;
        loop {
            if !inside.to_master.is_empty() {
                let count = inside.to_master.len().min(into.len());
                for (place, byte) in into.iter_mut().zip(inside.to_master.drain(..count)) {
                    *place = byte;
                }
                let blocked = std::mem::take(&mut inside.blocked);
                let up = inside.up.clone().filter(|_| blocked);
                drop(inside);
                if let Some(up) = up {
                    up.enable();
                }
                return Ok(count);
            }
            if inside.ended || into.is_empty() {
                return Ok(0);
            }
            if self.flags.no_delay {
                return Err(EAGAIN);
            }
            if inside.wakes != wakes {
                return Err(EINTR);
            }
            inside = self.pair.sleep(inside);
        }
    }

    fn write(&self, _: u64, from: &[u8]) -> Result<usize, Errno> {
        let count = from.len().min(PACKET);
        let wakes = self.pair.lock().wakes;
        loop {
            let inside = self.pair.lock();
            // Before the question, so that room in between is noticed.
            let rooms = inside.rooms;
            let up = inside.up.clone().ok_or(EIO)?;
            drop(inside);
            if up.can_put() {
                up.put(Message::Data(from[..count].to_owned()));
                return Ok(count);
            }
            drop(up);
            if self.flags.no_delay {
                return Err(EAGAIN);
            }
            let mut inside = self.pair.lock();
            while inside.rooms == rooms && inside.up.is_some() {
                if inside.wakes != wakes {
                    return Err(EINTR);
                }
                inside = self.pair.sleep(inside);
            }
        }
    }

    fn ioctl(&self, _: u32, _: &mut Vec<u8>) -> Result<i32, Errno> {
        Err(ENOTTY)
    }

    fn select(&self) -> Ready {
        let inside = self.pair.lock();
        let read = inside.ended || !inside.to_master.is_empty();
        let up = inside.up.clone();
        drop(inside);
        Ready {
            read,
            write: up.is_some_and(|up| up.can_put()),
        }
    }

    fn has_no_position(&self) -> bool {
        true
    }

    fn wake(&self) {
        self.pair.lock().wakes += 1;
        self.pair.changed.notify_all();
    }

    fn close(&self) -> Result<(), Errno> {
        Ok(())
    }
}

impl Drop for Master {
    fn drop(&mut self) {
        let mut inside = self.pair.lock();
        inside.master = false;
        let up = inside.up.clone();
        drop(inside);
        if let Some(up) = up {
            up.put(Message::Hangup);
        }
    }
}
