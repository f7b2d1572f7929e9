//! Opens and measures inputs, and reads their first bytes.

use std::fs::File;
use std::io::{self, Cursor, IsTerminal, Read};
use std::os::fd::AsFd;
use std::path::Path;

use crate::failure::Failure;

/// How much is read at a time.
const CHUNK: usize = 8 * 1024;

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

/// A file of which only as much is read as is needed to recognize it. It can be read again from its first
/// byte on.
pub(crate) struct Beginning<R> {
    file: R,
    read: Vec<u8>,
    error: Option<io::Error>,
}

impl<R: Read> Beginning<R> {
    /// Nothing is read yet.
    pub(crate) fn new(file: R) -> Self {
        Self {
            file,
            read: Vec::new(),
            error: None,
        }
    }

    /// The first `len` bytes or a few more; fewer if the file is shorter.
    pub(crate) fn first(&mut self, len: usize) -> Result<&[u8], Failure> {
        while self.read.len() < len && self.read_more().map_err(Failure::Read)? {}
        Ok(&self.read)
    }

    /// The file from its first byte on.
    pub(crate) fn again(&mut self) -> Again<'_, R> {
        Again { of: self, at: 0 }
    }

    /// The error of the last reader that [`again`](Self::again) has returned: a module returns only the
    /// text of an error.
    pub(crate) fn take_error(&mut self) -> Option<io::Error> {
        self.error.take()
    }

    /// The whole file.
    pub(crate) fn into_whole(self) -> impl Read {
        Cursor::new(self.read).chain(self.file)
    }

    /// Whether there was more. Of a pipe, it takes what there is by now: it does not wait for a full chunk.
    fn read_more(&mut self) -> io::Result<bool> {
        let mut chunk = [0; CHUNK];
        loop {
            match self.file.read(&mut chunk) {
                Ok(len) => {
                    self.read.extend_from_slice(&chunk[..len]);
                    return Ok(len > 0);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// Reads a file from its first byte on.
pub(crate) struct Again<'a, R> {
    of: &'a mut Beginning<R>,
    at: usize,
}

impl<R: Read> Read for Again<'_, R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.at == self.of.read.len()
            && !buf.is_empty()
            && let Err(error) = self.of.read_more()
        {
            let kind = error.kind();
            self.of.error = Some(error);
            return Err(kind.into());
        }
        let mut rest = &self.of.read[self.at..];
        let len = rest.read(buf)?;
        self.at += len;
        Ok(len)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives 3 bytes at a time, and then an error.
    struct Trickle<'a>(&'a [u8]);

    impl Read for Trickle<'_> {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            let len = buf.len().min(3);
            match self.0.read(&mut buf[..len])? {
                0 => Err(io::ErrorKind::BrokenPipe.into()),
                len => Ok(len),
            }
        }
    }

    #[test]
    fn it_is_read_as_far_as_needed() {
        let mut beginning = Beginning::new(Trickle(b"0123456789"));
        assert_eq!(beginning.first(0).unwrap(), b"");
        assert_eq!(beginning.first(4).unwrap(), b"012345");
        let mut some = [0; 7];
        for _ in 0..2 {
            beginning.again().read_exact(&mut some).unwrap();
            assert_eq!(&some, b"0123456");
        }
        assert_eq!(beginning.first(1).unwrap(), b"012345678");
        let mut whole = Vec::new();
        beginning.into_whole().read_to_end(&mut whole).unwrap_err();
        assert_eq!(whole, b"0123456789");
    }

    #[test]
    fn a_short_file_ends() {
        let mut beginning = Beginning::new(&b"short"[..]);
        assert_eq!(beginning.first(1000).unwrap(), b"short");
        let mut text = String::new();
        beginning.again().read_to_string(&mut text).unwrap();
        assert_eq!(text, "short");
        assert!(beginning.take_error().is_none());
    }

    #[test]
    fn the_error_is_kept() {
        let mut beginning = Beginning::new(Trickle(b"0123"));
        let mut text = String::new();
        beginning.again().read_to_string(&mut text).unwrap_err();
        let error = beginning.take_error().map(|error| error.kind());
        assert_eq!(error, Some(io::ErrorKind::BrokenPipe));
        assert!(beginning.first(5).is_err());
    }
}
