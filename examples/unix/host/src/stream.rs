//! Streams: the head, the modules that are pushed, and the driver's end.
//!
//! One lock is the perimeter of a stream: no two procedures of it run at once. A module that is in a
//! procedure and gets a message gets it when that procedure has ended.

mod row;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};

use dlkm_rt::Held;
use unix_kernel::errno::{EAGAIN, EINTR, EINVAL, EIO};
use unix_kernel::streams::{Message, Side, StreamModule, Upstream};
use unix_kernel::{OpenFlags, Ready, fmodsw};

use crate::fault::{Fault, Result};
use row::Row;

/// The largest message that the head makes of what is written.
const PACKET: usize = 4096;

/// An open stream.
pub(crate) struct Stream {
    inner: Arc<Inner>,
    flags: OpenFlags,
}

struct Inner {
    row: Mutex<Row>,
    /// Something has come to the head, or there is room below it.
    changed: Condvar,
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Row> {
        self.row.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `body`, then the service procedures that it has enabled.
    fn with<T>(&self, body: impl FnOnce(&mut Row) -> T) -> T {
        let mut row = self.lock();
        let result = body(&mut row);
        row.run_queues();
        drop(row);
        self.changed.notify_all();
        result
    }
}

impl Stream {
    /// The stream of a driver's end.
    pub(crate) fn new(name: &str, driver: Held<Box<dyn StreamModule>>, flags: OpenFlags) -> Self {
        let inner = Arc::new(Inner {
            row: Mutex::new(Row::new(name, driver)),
            changed: Condvar::new(),
        });
        let up: Box<dyn Upstream> = Box::new(Up(Arc::downgrade(&inner)));
        inner.lock().start(Held::new(up));
        Stream { inner, flags }
    }

    /// Reads what has come; 0 after a hangup.
    pub(crate) fn read(&self, into: &mut [u8]) -> Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let mut row = self.inner.lock();
        let wakes = row.wakes;
        loop {
            let count = row.read(into);
            if count > 0 {
                row.run_queues();
                drop(row);
                self.inner.changed.notify_all();
                return Ok(count);
            }
            if row.hung_up() {
                return Ok(0);
            }
            if self.flags.no_delay {
                return Err(EAGAIN.into());
            }
            if row.wakes != wakes {
                return Err(EINTR.into());
            }
            let waited = self.inner.changed.wait(row);
            row = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Sends a message down, and returns how many bytes it took.
    pub(crate) fn write(&self, from: &[u8]) -> Result<usize> {
        let count = from.len().min(PACKET);
        if count == 0 {
            return Ok(0);
        }
        let mut row = self.inner.lock();
        let wakes = row.wakes;
        loop {
            if row.hung_up() {
                return Err(EIO.into());
            }
            if row.can_write() {
                row.write(Message::Data(from[..count].to_owned()));
                row.run_queues();
                drop(row);
                self.inner.changed.notify_all();
                return Ok(count);
            }
            if self.flags.no_delay {
                return Err(EAGAIN.into());
            }
            if row.wakes != wakes {
                return Err(EINTR.into());
            }
            let waited = self.inner.changed.wait(row);
            row = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Ends the sleep of all that read or write: they fail with `EINTR`.
    #[cfg(feature = "fuse")]
    pub(crate) fn wake(&self) {
        self.inner.lock().wakes += 1;
        self.inner.changed.notify_all();
    }

    /// What can be done without sleep.
    pub(crate) fn select(&self) -> Ready {
        let mut row = self.inner.lock();
        Ready {
            read: row.hung_up() || row.has_data(),
            write: row.hung_up() || row.can_write(),
        }
    }

    /// Pushes a module: `I_PUSH`.
    pub(crate) fn push(&self, name: &str) -> Result<()> {
        let entry = fmodsw::get(name).map_err(|error| Fault::of_switch(error, EINVAL))?;
        let module = entry.open(self.flags)?;
        self.inner.with(|row| row.push(name, module));
        Ok(())
    }

    /// Pops the module below the head: `I_POP`. If a name is given, it must be that module's.
    pub(crate) fn pop(&self, name: Option<&str>) -> Result<()> {
        let popped = self.inner.with(|row| row.pop(name));
        // Without the lock: this runs code of the module.
        drop(popped?);
        Ok(())
    }

    /// The names from the head to the driver: `I_LIST`.
    pub(crate) fn list(&self) -> Vec<String> {
        self.inner.lock().names()
    }

    /// Closes the stream: pops all modules, the one below the head first, and then the driver's end.
    pub(crate) fn close(&self) {
        while let Ok(module) = self.inner.with(|row| row.pop(None)) {
            drop(module);
        }
        let driver = self.inner.with(Row::end);
        drop(driver);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.close();
    }
}

/// The way into a stream from below.
struct Up(Weak<Inner>);

impl Upstream for Up {
    fn put(&self, message: Message) {
        if let Some(inner) = self.0.upgrade() {
            inner.with(|row| row.put_from_driver(message));
        }
    }

    fn can_put(&self) -> bool {
        self.0
            .upgrade()
            .is_none_or(|inner| inner.lock().can_put_from_driver())
    }

    fn enable(&self) {
        if let Some(inner) = self.0.upgrade() {
            inner.with(|row| row.enable_driver(Side::Write));
        }
    }
}
