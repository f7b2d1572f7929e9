//! Whether a file or a folder is as it was.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Which file it is, and when it was last changed: its content, or what is in a folder; and its rights
/// or anything else, a time that no program can set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    device: u64,
    inode: u64,
    length: i64,
    modified: (i64, i64),
    changed: (i64, i64),
}

/// A file system that notes whole seconds, or two at once, notes no later time for a change within
/// this time of another one.
const COARSE: Duration = Duration::from_secs(2);

/// The same if it notes parts of a millisecond: the system's clock for files makes a step at least
/// each hundredth of a second.
const FINE: Duration = Duration::from_millis(100);

impl Stamp {
    /// Whether each change after this moment gives the file another stamp.
    pub fn shows_changes_after(&self, moment: SystemTime) -> bool {
        // Some file systems note one of them only.
        let (seconds, nanos) = self.modified.max(self.changed);
        let step = match nanos % 1_000_000 {
            0 => COARSE,
            _ => FINE,
        };
        let changed = u64::try_from(seconds)
            .ok()
            .zip(u32::try_from(nanos).ok())
            .and_then(|(seconds, nanos)| Duration::new(seconds, nanos).checked_add(step));
        let moment = moment.duration_since(UNIX_EPOCH).ok();
        changed
            .zip(moment)
            .is_some_and(|(changed, moment)| changed < moment)
    }
}

impl From<&libc::stat> for Stamp {
    fn from(about: &libc::stat) -> Self {
        Stamp {
            device: about.st_dev,
            inode: about.st_ino,
            length: about.st_size,
            modified: (about.st_mtime, about.st_mtime_nsec),
            changed: (about.st_ctime, about.st_ctime_nsec),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;

    use super::super::About;
    use super::*;

    #[test]
    fn a_change_shows_after_the_step_of_the_clock() {
        let of = |modified, changed| Stamp {
            device: 1,
            inode: 2,
            length: 3,
            modified,
            changed,
        };
        let stamp = |nanos| of((900, 0), (1000, nanos));
        let at = |millis| UNIX_EPOCH + Duration::from_millis(millis);
        for (nanos, millis, shows) in [
            (123_456_789, 1_000_223, false),
            (123_456_789, 1_000_224, true),
            (123_000_000, 1_002_122, false),
            (123_000_000, 1_002_124, true),
            (0, 1_002_000, false),
            (0, 1_002_001, true),
            (1, 1, false),
        ] {
            let found = stamp(nanos).shows_changes_after(at(millis));
            assert_eq!(found, shows, "{nanos} {millis}");
        }
        let early = UNIX_EPOCH - Duration::from_secs(1);
        assert!(!stamp(1).shows_changes_after(early));
        // No time of the change is noted, or another time was set.
        assert!(!of((1000, 1), (0, 0)).shows_changes_after(at(1_000_050)));
        assert!(of((1000, 1), (0, 0)).shows_changes_after(at(1_000_150)));
    }

    #[test]
    fn a_file_has_another_stamp_after_a_change() {
        let place = std::env::temp_dir().join(format!("dlkm-stamp-{}", std::process::id()));
        std::fs::write(&place, "one").unwrap();
        let file = File::open(&place).unwrap();
        let before = About::of(&file).unwrap().stamp();
        assert_eq!(About::of_path(&place).unwrap().stamp(), before);
        std::fs::write(&place, "longer").unwrap();
        assert_ne!(About::of(&file).unwrap().stamp(), before);
        std::fs::remove_file(&place).unwrap();
        assert!(About::of_path(&place).is_err());
    }
}
