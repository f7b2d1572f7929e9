//! Reads parts of an untrusted file, however large it is.

use std::io;
use std::ops::Range;

use object::ReadRef;
use object::pod::{bytes_of_slice, bytes_of_slice_mut};

use crate::error::ReadError;

/// Fills the bytes from an offset in the file.
pub(crate) type ReadAt<'a> = dyn Fn(&mut [u8], u64) -> io::Result<()> + 'a;

/// How many bytes are read first: they contain the ELF header, the segments, and usually the
/// SHT_MOD section and the tables of symbols.
pub(crate) const HEAD: usize = 8192;

/// The file, of which only a few parts are read, however large it is.
pub(crate) struct Parts<'a> {
    length: u64,
    read_at: &'a ReadAt<'a>,
    /// Its first bytes. Stored as words, because the tables of an ELF file need that alignment.
    head: [u64; HEAD / 8],
}

/// A part of the file.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) start: u64,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Parts<'a> {
    pub(crate) fn of(length: u64, read_at: &'a ReadAt<'a>) -> Result<Self, ReadError> {
        let mut head = [0; HEAD / 8];
        let there = usize::try_from(length).map_or(HEAD, |length| length.min(HEAD));
        read_at(&mut bytes_of_slice_mut(&mut head)[..there], 0).map_err(ReadError::Io)?;
        Ok(Parts {
            length,
            read_at,
            head,
        })
    }

    /// The file's length, in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `bytes` from an offset in the file.
    pub(crate) fn fill(&self, offset: u64, bytes: &mut [u8]) -> Result<(), ReadError> {
        match self.known(offset, bytes.len() as u64) {
            Some(known) => bytes.copy_from_slice(known),
            None => (self.read_at)(bytes, offset).map_err(ReadError::Io)?,
        }
        Ok(())
    }

    /// These bytes, if they need no reading.
    pub(crate) fn known(&self, offset: u64, size: u64) -> Option<&[u8]> {
        match size {
            0 => Some(&[]),
            _ => self.head().read_bytes_at(offset, size).ok(),
        }
    }

    pub(crate) fn head(&self) -> Part<'_> {
        let length = usize::try_from(self.length).unwrap_or(HEAD);
        let bytes = bytes_of_slice(&self.head);
        Part {
            start: 0,
            bytes: bytes.get(..length).unwrap_or(bytes),
        }
    }

    /// The part at `start`, stored in `kept` if it must be read. It ends where the file ends, at
    /// the latest.
    pub(crate) fn get<'b>(
        &'b self,
        start: u64,
        size: u64,
        kept: &'b mut Vec<u64>,
    ) -> Result<Part<'b>, ReadError> {
        let head = self.head();
        if head.read_bytes_at(start, size).is_ok() {
            return Ok(head);
        }
        let size = size.min(self.length.saturating_sub(start)) as usize;
        kept.resize(size.div_ceil(8), 0);
        let bytes = &mut bytes_of_slice_mut(kept)[..size];
        (self.read_at)(bytes, start).map_err(ReadError::Io)?;
        Ok(Part { start, bytes })
    }
}

impl<'a> ReadRef<'a> for Part<'a> {
    fn len(self) -> Result<u64, ()> {
        Ok(self.start + self.bytes.len() as u64)
    }

    fn read_bytes_at(self, offset: u64, size: u64) -> Result<&'a [u8], ()> {
        let at = offset.checked_sub(self.start).ok_or(())?;
        let bytes = usize::try_from(at).ok().and_then(|at| self.bytes.get(at..));
        let size = usize::try_from(size).map_err(drop)?;
        bytes.and_then(|bytes| bytes.get(..size)).ok_or(())
    }

    /// Not needed: the length of everything that is read here is known.
    fn read_bytes_at_until(self, _: Range<u64>, _: u8) -> Result<&'a [u8], ()> {
        Err(())
    }
}
