//! Who makes a change, when, and with which comment.

use std::time::SystemTime;

use nix::unistd::{Uid, User};

/// Who makes a change, when, and with which comment. It goes into the log.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct By {
    /// The user's number.
    pub uid: u32,
    /// The user's name; empty if the system knows none.
    pub user: String,
    /// When. The log has whole seconds.
    pub time: SystemTime,
    /// A comment of any lines; may be empty.
    pub comment: String,
}

impl By {
    /// The user who runs this process, now.
    pub fn now(comment: &str) -> Self {
        let uid = Uid::current();
        let user = User::from_uid(uid).ok().flatten();
        By {
            uid: uid.as_raw(),
            user: user.map(|user| user.name).unwrap_or_default(),
            time: SystemTime::now(),
            comment: comment.to_owned(),
        }
    }

    /// The time as the files have it: `2026-01-02T03:04:05Z`.
    pub(crate) fn timestamp(&self) -> String {
        timestamp(self.time)
    }
}

/// A time in UTC, in whole seconds.
pub(crate) fn timestamp(time: SystemTime) -> String {
    // A clock before 1970 is wrong, and no reason to fail.
    let time = time.max(SystemTime::UNIX_EPOCH);
    humantime::format_rfc3339_seconds(time).to_string()
}
