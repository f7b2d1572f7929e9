//! The two ends of a decoder: the caller's reader and the caller's writer.
//!
//! A decoding crate returns the errors of its reader and its own errors as one type. [`Source`] marks the
//! reader's errors, so that [`input_error`] can distinguish them.

use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, BufReader, Read, Write};

use crate::CodecError;

/// Large enough that the cost of calls through `dyn` and of system calls is negligible.
const BUFFER: usize = 128 * 1024;

/// The caller's reader, buffered.
pub struct Source<'a> {
    reader: BufReader<Marked<'a>>,
}

impl<'a> Source<'a> {
    /// Wraps the reader of one `decode` call.
    pub fn new(reader: &'a mut dyn Read) -> Self {
        let marked = Marked {
            reader,
            ended: false,
        };
        Self {
            reader: BufReader::with_capacity(BUFFER, marked),
        }
    }

    /// Whether nothing is left. Reads more if necessary.
    ///
    /// # Errors
    ///
    /// [`CodecError::Read`] if the reader failed.
    pub fn is_empty(&mut self) -> Result<bool, CodecError> {
        Ok(self.fill_buf().map_err(input_error)?.is_empty())
    }

    /// Whether the reader has already reported its end. Reads nothing.
    pub fn hit_end(&self) -> bool {
        self.reader.get_ref().ended
    }

    /// Reads the rest, and returns whether it consists of zeros. An empty rest does.
    ///
    /// # Errors
    ///
    /// [`CodecError::Read`] if the reader failed.
    pub fn rest_is_zeros(&mut self) -> Result<bool, CodecError> {
        loop {
            let chunk = self.fill_buf().map_err(input_error)?;
            if chunk.is_empty() {
                return Ok(true);
            }
            if chunk.iter().any(|&byte| byte != 0) {
                return Ok(false);
            }
            let len = chunk.len();
            self.consume(len);
        }
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("hit_end", &self.hit_end())
            .finish_non_exhaustive()
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.reader.read(buf)
    }
}

impl BufRead for Source<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.reader.consume(amount);
    }
}

/// The caller's writer, with a count of the bytes written.
pub struct Sink<'a> {
    writer: &'a mut dyn Write,
    buffer: Vec<u8>,
    written: u64,
}

impl<'a> Sink<'a> {
    /// Wraps the writer of one `decode` call.
    pub fn new(writer: &'a mut dyn Write) -> Self {
        Self {
            writer,
            buffer: vec![0; BUFFER],
            written: 0,
        }
    }

    /// Writes everything that `decoder` returns.
    ///
    /// # Errors
    ///
    /// [`CodecError::Write`] if the writer failed, or else the decoder's error as [`input_error`] sorts it.
    pub fn drain(&mut self, decoder: &mut dyn Read) -> Result<(), CodecError> {
        loop {
            let len = decoder.read(&mut self.buffer).map_err(input_error)?;
            if len == 0 {
                return Ok(());
            }
            let chunk = &self.buffer[..len];
            write(self.writer, &mut self.written, chunk)?;
        }
    }

    /// Writes `chunk`.
    ///
    /// # Errors
    ///
    /// [`CodecError::Write`] if the writer failed.
    pub fn put(&mut self, chunk: &[u8]) -> Result<(), CodecError> {
        write(self.writer, &mut self.written, chunk)
    }

    /// The number of bytes written.
    pub fn written(&self) -> u64 {
        self.written
    }
}

impl fmt::Debug for Sink<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sink")
            .field("written", &self.written)
            .finish_non_exhaustive()
    }
}

fn write(writer: &mut dyn Write, written: &mut u64, chunk: &[u8]) -> Result<(), CodecError> {
    writer
        .write_all(chunk)
        .map_err(|error| CodecError::Write(error.to_string()))?;
    *written += chunk.len() as u64;
    Ok(())
}

/// Sorts an error of a decoder that reads from a [`Source`].
pub fn input_error(error: io::Error) -> CodecError {
    let marked = error
        .get_ref()
        .is_some_and(|inner| inner.is::<ReadFailed>());
    if marked {
        CodecError::Read(error.to_string())
    } else if error.kind() == io::ErrorKind::UnexpectedEof {
        CodecError::Truncated
    } else {
        CodecError::Damaged(error.to_string())
    }
}

/// The caller's reader. Retries interrupted reads, and marks errors.
struct Marked<'a> {
    reader: &'a mut dyn Read,
    ended: bool,
}

impl Read for Marked<'_> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        loop {
            return match self.reader.read(buf) {
                Ok(len) => {
                    self.ended |= len == 0 && !buf.is_empty();
                    Ok(len)
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => Err(io::Error::other(ReadFailed(error))),
            };
        }
    }
}

/// The mark: the error came from the caller's reader.
#[derive(Debug)]
struct ReadFailed(io::Error);

impl fmt::Display for ReadFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for ReadFailed {}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(io::ErrorKind);

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
    }

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn an_early_end_reported_by_the_reader_is_a_read_error() {
        let mut failing = Failing(io::ErrorKind::UnexpectedEof);
        let mut source = Source::new(&mut failing);
        let mut sunk = Vec::new();
        let error = Sink::new(&mut sunk).drain(&mut source).unwrap_err();
        assert!(matches!(error, CodecError::Read(_)), "{error:?}");
    }

    #[test]
    fn an_early_end_reported_by_the_decoder_is_a_truncation() {
        let error = input_error(io::ErrorKind::UnexpectedEof.into());
        assert!(matches!(error, CodecError::Truncated), "{error:?}");
    }

    #[test]
    fn an_error_of_the_writer_is_a_write_error() {
        let mut failing = Failing(io::ErrorKind::BrokenPipe);
        let error = Sink::new(&mut failing)
            .drain(&mut &b"some"[..])
            .unwrap_err();
        assert!(matches!(error, CodecError::Write(_)), "{error:?}");
    }

    #[test]
    fn interrupted_reads_are_retried() {
        struct Once(bool);
        impl Read for Once {
            fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    buf[0] = 7;
                    Ok(1)
                } else {
                    Err(io::ErrorKind::Interrupted.into())
                }
            }
        }
        let mut once = Once(false);
        let mut byte = [0];
        Source::new(&mut once).read_exact(&mut byte).unwrap();
        assert_eq!(byte, [7]);
    }

    #[test]
    fn a_rest_of_zeros_is_recognized() {
        for (rest, zeros) in [(&b""[..], true), (b"\0\0", true), (b"\0x", false)] {
            let mut rest = rest;
            assert_eq!(Source::new(&mut rest).rest_is_zeros().unwrap(), zeros);
        }
    }
}
