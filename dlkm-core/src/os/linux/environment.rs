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
#[inline]
pub fn initial_variable(name: &str) -> Option<PathBuf> {
    if has_more_rights() {
        return None;
    }
    let file = open("/proc/self/environ").ok()?;
    let value = first(file, 0, |variable| {
        let value = variable.strip_prefix(name.as_bytes())?;
        Some(PathBuf::from(OsStr::from_bytes(value.strip_prefix(b"=")?)))
    });
    value.ok()?.filter(|path| !path.as_os_str().is_empty())
}

/// The path of the file that is mapped at `address`: its own, where a link leads to it.
#[inline]
pub fn file_of(address: *const ()) -> io::Result<PathBuf> {
    let missing = || io::Error::other("/proc/self/maps does not show the file of this image");
    let maps = open("/proc/self/maps")?;
    let found = first(maps, b'\n', |line| path_at(line, address.addr()))?;
    found.ok_or_else(missing)
}

#[inline]
fn open(file: &str) -> io::Result<impl BufRead> {
    Ok(BufReader::with_capacity(1024, File::open(file)?))
}

/// How many bytes of a part are looked at. The system's paths have 4,095 at most; what is longer is none
/// that this file looks for.
const LONGEST: usize = 4096;

/// What `found` returns for the first part of a file for which it returns anything. Parts end with `end`;
/// those that are too long are left out. An image that no kernel has attached has little memory, so this needs
/// little, whatever is in the file.
fn first<T>(
    mut file: impl BufRead,
    end: u8,
    mut found: impl FnMut(&[u8]) -> Option<T>,
) -> io::Result<Option<T>> {
    let mut part = Vec::with_capacity(LONGEST);
    let mut fits = true;
    loop {
        let block = file.fill_buf()?;
        let is_end = block.is_empty();
        let length = block.iter().position(|byte| *byte == end);
        let bytes = &block[..length.unwrap_or(block.len())];
        fits &= part.len() + bytes.len() <= LONGEST;
        if fits {
            part.extend_from_slice(bytes);
        }
        let read = bytes.len() + usize::from(length.is_some());
        file.consume(read);
        if length.is_none() && !is_end {
            continue;
        }
        if fits && let Some(one) = found(&part) {
            return Ok(Some(one));
        }
        if is_end {
            return Ok(None);
        }
        part.clear();
        fits = true;
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
    fn parts_of_a_file_are_read_one_by_one() {
        let lengths = [
            0,
            1,
            1022,
            1023,
            1024,
            1025,
            LONGEST - 1,
            LONGEST,
            LONGEST + 1,
            100_000,
        ];
        for length in lengths {
            let long = "x".repeat(length);
            let text = format!("a={long}\0{long}\0b=2");
            let file = || BufReader::with_capacity(1024, text.as_bytes());
            let mut parts = Vec::new();
            let none = first(file(), 0, |part| -> Option<()> {
                parts.push(part.len());
                None
            });
            assert_eq!(none.unwrap(), None);
            let all = [length + 2, length, 3].into_iter();
            let fitting: Vec<_> = all.filter(|length| *length <= LONGEST).collect();
            assert_eq!(parts, fitting, "{length}");
            let last = first(file(), 0, |part| {
                part.strip_prefix(b"b=").map(<[u8]>::to_vec)
            });
            assert_eq!(last.unwrap().as_deref(), Some(&b"2"[..]));
        }
    }

    #[test]
    fn a_variable_of_the_start_is_found() {
        // cargo starts tests with a path.
        assert!(initial_variable("PATH").is_some());
        assert_eq!(initial_variable("PAT"), None);
    }
}
