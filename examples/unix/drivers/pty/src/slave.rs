//! The slave: the driver's end of a stream.

use std::sync::Arc;

use dlkm_rt::{Errno, Held};
use unix_kernel::errno::{EBUSY, EIO};
use unix_kernel::streams::{Limits, Message, Queue, Side, StreamModule, Upstream};

use crate::pair::{Pair, ROOM};

/// The open slave.
pub(crate) struct Slave(Arc<Pair>);

impl Slave {
    /// Opens it, for one program only.
    ///
    /// # Errors
    /// `EBUSY`: it is open. `EIO`: no program has the master open.
    pub(crate) fn open(pair: Arc<Pair>) -> Result<Self, Errno> {
        let mut inside = pair.lock();
        if inside.slave {
            return Err(EBUSY);
        }
        if !inside.master {
            return Err(EIO);
        }
        inside.slave = true;
        inside.ended = false;
        drop(inside);
        Ok(Slave(pair))
    }
}

impl StreamModule for Slave {
    fn limits(&self, _: Side) -> Limits {
        Limits {
            high: 4096,
            low: 1024,
            service: true,
        }
    }

    fn put(&mut self, _: Side, queue: &mut dyn Queue, message: Message) {
        queue.putq(message);
    }

    fn service(&mut self, side: Side, queue: &mut dyn Queue) {
        if side == Side::Read {
            // There is room above again, for the master.
            self.0.lock().rooms += 1;
            self.0.changed.notify_all();
            return;
        }
        while let Some(message) = queue.getq() {
            let mut inside = self.0.lock();
            if inside.to_master.len() >= ROOM {
                inside.blocked = true;
                drop(inside);
                queue.putbq(message);
                return;
            }
            if let Message::Data(bytes) = message {
                inside.to_master.extend(bytes);
            }
            drop(inside);
            self.0.changed.notify_all();
        }
    }

    fn start(&mut self, upstream: Held<Box<dyn Upstream>>) {
        self.0.lock().up = Some(Arc::new(upstream));
        self.0.changed.notify_all();
    }

    fn close(&mut self, side: Side, queue: &mut dyn Queue) {
        if side == Side::Write {
            // What is queued is no more than the high water mark.
            while let Some(message) = queue.getq() {
                if let Message::Data(bytes) = message {
                    self.0.lock().to_master.extend(bytes);
                }
            }
        }
    }
}

impl Drop for Slave {
    fn drop(&mut self) {
        let mut inside = self.0.lock();
        inside.slave = false;
        inside.ended = true;
        inside.blocked = false;
        let up = inside.up.take();
        drop(inside);
        self.0.changed.notify_all();
        drop(up);
    }
}
