//! The files of the log. `log` grows to [`limits::LOG`] bytes. Then it becomes `log.1`, in place of
//! the one before, and a new one begins, so both have at most about twice that size.

use crate::by::By;
use crate::error::Error;
use crate::limits;
use crate::lock::Locked;
use crate::log::{Log, LogChange, LogEntry};
use crate::planned::Subject;
use crate::root::Root;
use crate::transaction::Transaction;

const FILE: &str = "log";
const FORMER: &str = "log.1";

/// The bytes that are read of one. One entry alone, as that of an import, may have more than
/// [`limits::LOG`].
const READ: u64 = 64 << 20;

impl Root {
    /// Reads the log.
    ///
    /// # Errors
    /// A file of it can't be read. Lines that can't be understood are no error: see
    /// [`Log::damaged`].
    pub fn log(&self) -> Result<Log, Error> {
        let mut log = Log::default();
        for name in [FORMER, FILE] {
            log.read(&self.text(name, READ)?.unwrap_or_default());
        }
        Ok(log)
    }
}

impl Locked {
    /// Adds a comment to the log, without a change: `kclog -C`.
    ///
    /// # Errors
    /// The comment is too long, or the log can't be written.
    pub fn comment(&self, by: &By) -> Result<(), Error> {
        let mut transaction = self.transaction();
        let change = LogChange::new(Subject::Comment, "", "", "");
        append(
            self,
            &mut transaction,
            &LogEntry::new(by, None, vec![change]),
        )?;
        transaction.commit()
    }
}

/// Adds an entry to a change, so that it is logged if and only if it is made.
pub(crate) fn append(
    root: &Root,
    transaction: &mut Transaction<'_>,
    entry: &LogEntry,
) -> Result<(), Error> {
    if entry.comment.len() > limits::COMMENT {
        let (what, limit) = ("comment", limits::COMMENT);
        return Err(Error::TooLong { what, limit });
    }
    let mut log = root.text(FILE, READ)?.unwrap_or_default();
    let entry = entry.written();
    // After an edit by hand, an entry must not continue the last line.
    if log.last().is_some_and(|byte| *byte != b'\n') {
        log.push(b'\n');
    }
    if !log.is_empty() && log.len() + entry.len() > limits::LOG {
        transaction.put(FORMER, std::mem::take(&mut log));
    }
    log.extend(entry.bytes());
    transaction.put(FILE, log);
    Ok(())
}
