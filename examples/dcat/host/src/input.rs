//! Opens and measures inputs, and reads their first bytes.

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::fd::AsFd;
use std::path::Path;

use crate::failure::Failure;
use crate::format::{Search, Verdict};

/// Whether the path means standard input.
pub(crate) fn is_standard(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The file's name in messages.
pub(crate) fn name_of(path: &Path) -> String {
    if is_standard(path) {
        "standard input".to_owned()
    } else {
        path.display().to_string()
    }
}

/// The name without the folder, for a line that has other text too.
pub(crate) fn short_name_of(path: &Path) -> String {
    match path.file_name() {
        Some(name) if !is_standard(path) => name.to_string_lossy().into_owned(),
        _ => name_of(path),
    }
}

/// Opens the file, or standard input.
pub(crate) fn open(path: &Path) -> Result<File, Failure> {
    if !is_standard(path) {
        return File::open(path).map_err(Failure::Open);
    }
    let standard = io::stdin();
    if standard.is_terminal() {
        return Err(Failure::Terminal);
    }
    // As a `File`, so that it is not buffered twice, and so that a redirected file has a length.
    let fd = standard.as_fd().try_clone_to_owned();
    Ok(File::from(fd.map_err(Failure::Open)?))
}

/// How long the file is, if it is a regular one.
pub(crate) fn length(file: &File) -> Option<u64> {
    let metadata = file.metadata().ok()?;
    metadata.is_file().then_some(metadata.len())
}

/// Reads until the format is recognized. Returns what it has read too, because the decoder starts with it.
pub(crate) fn read_head(file: &mut impl Read) -> Result<(Vec<u8>, Verdict), Failure> {
    let mut head = Vec::new();
    let mut search = Search::default();
    let mut chunk = [0; 8 * 1024];
    loop {
        let needed = match search.look(&head, false) {
            Verdict::Needs(needed) => needed,
            verdict => return Ok((head, verdict)),
        };
        while head.len() < needed {
            // What a pipe has by now: it does not wait for a full chunk.
            match file.read(&mut chunk) {
                Ok(0) => {
                    let verdict = search.look(&head, true);
                    return Ok((head, verdict));
                }
                Ok(len) => head.extend_from_slice(&chunk[..len]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Failure::Read(error)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Format;

    /// Gives one byte at a time, and counts them.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let len = buf.len().min(self.0.len()).min(1);
            self.1 += len;
            self.0.read(&mut buf[..len])
        }
    }

    #[test]
    fn the_head_is_read_as_far_as_needed() {
        let mut data = b"\x5e\x2a\x4d\x18\x40\0\0\0".to_vec();
        data.resize(8 + 64, 0);
        data.extend(b"\x04\x22\x4d\x18");
        data.resize(1000, 0);
        let mut trickle = Trickle(&data, 0);
        let (head, verdict) = read_head(&mut trickle).unwrap();
        assert_eq!(verdict, Verdict::Is(Format::Lz4));
        assert_eq!(head.len(), trickle.1);
        assert_eq!(head.len(), 8 + 64 + 8);
        assert_eq!(head, data[..head.len()]);
    }

    #[test]
    fn a_short_file_is_judged_by_all_its_bytes() {
        let (head, verdict) = read_head(&mut &b"\x1f\x8b\x08"[..]).unwrap();
        assert_eq!(
            (&head[..], verdict),
            (&b"\x1f\x8b\x08"[..], Verdict::Is(Format::Gzip))
        );
        let (head, verdict) = read_head(&mut &b""[..]).unwrap();
        assert_eq!((&head[..], verdict), (&b""[..], Verdict::Unknown));
    }
}
