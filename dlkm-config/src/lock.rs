//! The lock of a module root. Changes need it. Taking it repairs a root whose last change was
//! interrupted.

use std::io;
use std::ops::Deref;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::file_system::{Guard, TryLock};
use crate::root::Root;
use crate::transaction::{self, Transaction};

/// The file in the module root that is locked, with flock(2). It contains the holder's process id
/// and name.
const FILE: &str = ".lock";

/// How long to sleep between two tries: doubled from the first to the last.
const SLEEPS: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(16));

/// A locked module root: no other process changes it until this is dropped. All changes are methods
/// of this type.
#[derive(Debug)]
pub struct Locked {
    root: Root,
    _guard: Box<dyn Guard>,
}

impl Deref for Locked {
    type Target = Root;

    fn deref(&self) -> &Root {
        &self.root
    }
}

impl Root {
    /// Locks the root. Waits at most the time `wait` for another process.
    ///
    /// If the last change was interrupted, this finishes it or removes its temporary files.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// use std::time::Duration;
    ///
    /// use dlkm_config::{Error, Root};
    ///
    /// let root = Root::open(folder.path())?;
    /// let locked = root.lock(Duration::from_secs(5))?;
    /// // The same root can't be locked twice.
    /// let error = root.lock(Duration::ZERO).unwrap_err();
    /// assert!(matches!(error, Error::Busy { .. }), "{error}");
    /// drop(locked);
    /// root.lock(Duration::ZERO)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Busy`] if another process still holds it; [`Error::ReadOnly`] if this one may not
    /// change the root; or an interrupted change can't be finished.
    pub fn lock(&self, wait: Duration) -> Result<Locked, Error> {
        self.lock_with(wait, &mut |_| {})
    }

    /// Like [`lock`](Self::lock). Before it waits, it calls `waiting` once, with the process id and
    /// the name of the holder, as `4711 dlkm`. The text is empty if the holder has not written it.
    ///
    /// # Errors
    /// As [`lock`](Self::lock).
    pub fn lock_with(
        &self,
        wait: Duration,
        waiting: &mut dyn FnMut(&str),
    ) -> Result<Locked, Error> {
        let file = self.path.join(FILE);
        let note = format!("{} {}\n", std::process::id(), program());
        let begun = Instant::now();
        let mut said = false;
        let mut sleep = SLEEPS.0;
        let guard = loop {
            let held = match self.files.try_lock(&file, &note) {
                Ok(TryLock::Locked(guard)) => break guard,
                Ok(TryLock::Held(held)) => held,
                Err(source) if is_read_only(&source) => {
                    let root = self.path.clone();
                    return Err(Error::ReadOnly { root, source });
                }
                Err(error) => return Err(Error::io("locked", &file)(error)),
            };
            let holder = held.trim();
            let waited = begun.elapsed();
            if waited >= wait {
                let (root, holder) = (self.path.clone(), holder.escape_debug().to_string());
                return Err(Error::Busy {
                    root,
                    holder,
                    waited,
                });
            }
            if !std::mem::replace(&mut said, true) {
                waiting(holder);
            }
            std::thread::sleep(sleep.min(wait - waited));
            sleep = (2 * sleep).min(SLEEPS.1);
        };
        let root = self.clone();
        transaction::recover(&root)?;
        Ok(Locked {
            root,
            _guard: guard,
        })
    }
}

impl Locked {
    pub(crate) fn transaction(&self) -> Transaction<'_> {
        Transaction::new(&self.root)
    }
}

fn is_read_only(error: &io::Error) -> bool {
    let kinds = [
        io::ErrorKind::PermissionDenied,
        io::ErrorKind::ReadOnlyFilesystem,
    ];
    kinds.contains(&error.kind())
}

/// The name of this program.
fn program() -> String {
    let path = std::env::args_os().next().unwrap_or_default();
    let name = std::path::Path::new(&path).file_name().unwrap_or_default();
    name.to_string_lossy().escape_debug().to_string()
}
