//! What the system says of this process's start and of its files, without functions that the program's
//! own threads may disturb.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::PathBuf;

use super::has_more_rights;

/// A path in a variable of the environment that the process was started with; `None` in a program that
/// has more rights than its user, who chose the environment. (getenv(3) may crash while another thread
/// of the program is in setenv(3).)
pub(crate) fn initial_variable(name: &str) -> Option<PathBuf> {
    if has_more_rights() {
        return None;
    }
    let all = std::fs::read("/proc/self/environ").ok()?;
    let value = all
        .split(|byte| *byte == 0)
        .find_map(|variable| variable.strip_prefix(name.as_bytes())?.strip_prefix(b"="))?;
    (!value.is_empty()).then(|| OsStr::from_bytes(value).into())
}

/// The path of the file that is mapped at `address`: its own, where a link leads to it.
pub(crate) fn file_of(address: *const ()) -> io::Result<PathBuf> {
    let missing = || io::Error::other("/proc/self/maps does not show the file of this image");
    let found = first("/proc/self/maps", b'\n', |line| {
        path_at(line, address.addr())
    })?;
    found.ok_or_else(missing)
}

/// What `found` returns for the first part of a file for which it returns anything. One part is in memory
/// at a time: an image that no kernel has attached has little.
fn first<T>(
    file: &str,
    end: u8,
    mut found: impl FnMut(&[u8]) -> Option<T>,
) -> io::Result<Option<T>> {
    let mut file = BufReader::with_capacity(1024, File::open(file)?);
    let mut part = Vec::new();
    loop {
        part.clear();
        if file.read_until(end, &mut part)? == 0 {
            return Ok(None);
        }
        if let Some(one) = found(part.strip_suffix(&[end]).unwrap_or(&part)) {
            return Ok(Some(one));
        }
    }
}

/// The path in a line of proc(5)'s `maps`, if the line is that of the address.
fn path_at(line: &[u8], address: usize) -> Option<PathBuf> {
    let text = line.iter().position(|byte| *byte == b' ')?;
    let (range, rest) = line.split_at(text);
    let mut ends = str::from_utf8(range).ok()?.split('-');
    let mut end = || usize::from_str_radix(ends.next()?, 16).ok();
    let (start, end) = (end()?, end()?);
    if !(start..end).contains(&address) {
        return None;
    }
    let path = rest.iter().position(|byte| *byte == b'/')?;
    Some(OsString::from_vec(rest[path..].to_vec()).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_at_an_address_is_found() {
        let own = file_of(file_of as *const ()).unwrap();
        assert_eq!(own, std::env::current_exe().unwrap());
        let libc = file_of(libc::malloc as *const ()).unwrap();
        assert!(libc.is_absolute() && libc != own, "{}", libc.display());
        assert!(file_of(std::ptr::null()).is_err());
    }

    #[test]
    fn lines_of_maps_are_read() {
        let line = b"7f00-7f10 r-xp 00001000 08:01 4711      /tmp/a file.so";
        assert_eq!(path_at(line, 0x7f0f), Some("/tmp/a file.so".into()));
        assert_eq!(path_at(line, 0x7f10), None);
        for other in [
            &b"7f00-7f10 rw-p 00000000 00:00 0"[..],
            b"",
            b"x",
            b"7f00 r",
        ] {
            assert_eq!(path_at(other, 0x7f00), None);
        }
    }

    #[test]
    fn a_variable_of_the_start_is_found() {
        // cargo starts tests with a path.
        assert!(initial_variable("PATH").is_some());
        assert_eq!(initial_variable("PAT"), None);
    }
}
