//! Whether others than the administrator and this process's user can change what will run here.

use std::path::Path;

use crate::error::{Failed, cause};
use crate::os::Rights;

/// Checks a file or folder with these rights, for a process of `user`.
///
/// The rule is that of programs which take orders from files, such as sshd and sudo: it belongs to
/// root or to this user, and no one else can write to it. A group may, if its number is the
/// owner's: systems that let a user's group write by default (umask 002) give each user such a
/// group for themselves.
pub(super) fn check(path: &Path, rights: Rights, user: u32) -> Result<(), Failed> {
    let Rights {
        owner, group, mode, ..
    } = rights;
    let reason = if owner != 0 && owner != user {
        format!(
            "belongs to user {owner}, who is neither root nor the user of this process, {user}; \
             `chown {user}` it"
        )
    } else if mode & 0o002 != 0 {
        format!("can be written by everyone (mode {mode:04o}); `chmod o-w` it")
    } else if mode & 0o020 != 0 && group != owner {
        format!("can be written by its group, {group} (mode {mode:04o}); `chmod g-w` it")
    } else {
        return Ok(());
    };
    Err(cause::Exposed {
        file: path.to_owned(),
        reason,
    }
    .into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_write_decides() {
        let says = |owner, group, mode, user| {
            let rights = Rights {
                owner,
                group,
                mode,
                is_file: true,
            };
            let error = check(Path::new("/m/x.so"), rights, user).err();
            error.map(|error| error.to_string()).unwrap_or_default()
        };
        for (owner, group, mode, user) in [
            (0, 0, 0o755, 1000),
            (0, 0, 0o775, 1000),
            (1000, 1000, 0o664, 1000),
            (1000, 100, 0o644, 1000),
            (1000, 100, 0o1755, 1000),
        ] {
            assert_eq!(says(owner, group, mode, user), "");
        }
        for (owner, group, mode, user, part) in [
            (1000, 1000, 0o644, 0, "belongs to user 1000"),
            (1001, 1001, 0o600, 1000, "`chown 1000`"),
            (1000, 1000, 0o666, 1000, "`chmod o-w`"),
            // Others can't remove files there, but can add some.
            (0, 0, 0o1777, 0, "everyone (mode 1777)"),
            (1000, 100, 0o664, 1000, "`chmod g-w`"),
            (0, 100, 0o775, 1000, "its group, 100"),
        ] {
            let text = says(owner, group, mode, user);
            assert!(text.contains(part) && text.contains("/m/x.so"), "{text:?}");
            assert!(text.contains("allow_other_writers"), "{text:?}");
        }
    }
}
