//! Who is at the other end of a socket, and messages with a deadline.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use crate::limits;

/// Whether the peer is of this process's user, or root.
///
/// # Errors
/// The system does not say.
pub fn is_trusted(stream: &UnixStream) -> io::Result<bool> {
    let peer = rustix::net::sockopt::socket_peercred(stream)?;
    Ok(peer.uid == rustix::process::geteuid() || peer.uid.is_root())
}

/// A stream that fails when the peer has taken too long in all, however little it does at a time.
#[derive(Debug)]
pub struct Timed<'a> {
    stream: &'a UnixStream,
    until: Option<Instant>,
}

impl<'a> Timed<'a> {
    /// Until the peer has had the time that it may take.
    pub fn patient(stream: &'a UnixStream) -> Self {
        let until = Some(Instant::now() + limits::PATIENCE);
        Timed { stream, until }
    }

    /// For as long as the peer works.
    pub fn waiting(stream: &'a UnixStream) -> Self {
        Timed {
            stream,
            until: None,
        }
    }

    fn left(&self) -> io::Result<Option<std::time::Duration>> {
        let Some(until) = self.until else {
            return Ok(None);
        };
        let left = until.saturating_duration_since(Instant::now());
        match left.is_zero() {
            true => Err(io::ErrorKind::TimedOut.into()),
            false => Ok(Some(left)),
        }
    }
}

impl Read for Timed<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(self.left()?)?;
        self.stream.read(buffer)
    }
}

impl Write for Timed<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(self.left()?)?;
        self.stream.write(buffer)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
