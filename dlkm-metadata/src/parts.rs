//! Reads parts of an untrusted file, however large it is.

use std::io;
use std::ops::Range;

use object::ReadRef;
use object::pod::{bytes_of_slice, bytes_of_slice_mut};

use crate::error::ReadError;

/// Fills the bytes from an offset in the file.
pub(crate) type ReadAt<'a> = dyn Fn(&mut [u8], u64) -> io::Result<()> + 'a;

/// How many bytes are read first: they contain the ELF header, the segments, and usually the
/// tables of symbols.
pub(crate) const HEAD: usize = ROOM - OTHER;

/// How many bytes of another part have room beside them: usually the dynamic section.
const OTHER: usize = 1024;

const ROOM: usize = 8192;

/// Memory for parts of a file, one after another: on the stack, and no larger than it must be,
/// because a page that is new to the process costs more than several reads. It consists of words,
/// because the tables of an ELF file need that alignment.
pub(crate) type Buffer = [u64; ROOM / 8];

/// Memory for nothing yet.
pub(crate) const BUFFER: Buffer = [0; ROOM / 8];

/// A file, of which only a few parts are read, however large it is.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    length: u64,
    read_at: &'a ReadAt<'a>,
}

/// A file of which two parts are in a buffer: its first bytes, and another one.
pub(crate) struct Parts<'a> {
    source: Source<'a>,
    buffer: &'a mut Buffer,
    /// The place of the other part, and its size.
    other: (u64, usize),
}

/// A part of the file.
#[derive(Clone, Copy)]
pub(crate) struct Part<'a> {
    pub(crate) start: u64,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Source<'a> {
    pub(crate) fn new(length: u64, read_at: &'a ReadAt<'a>) -> Self {
        Source { length, read_at }
    }

    /// The file's length, in bytes.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Fills `bytes` from an offset in the file.
    pub(crate) fn fill(&self, offset: u64, bytes: &mut [u8]) -> Result<(), ReadError> {
        match bytes.is_empty() {
            true => Ok(()),
            false => (self.read_at)(bytes, offset).map_err(ReadError::Io),
        }
    }

    /// The part at `start`, stored in `buffer`, or in `kept` if it is larger. It ends where the file
    /// ends, at the latest.
    pub(crate) fn get<'b>(
        &self,
        start: u64,
        size: u64,
        buffer: &'b mut Buffer,
        kept: &'b mut Vec<u64>,
    ) -> Result<Part<'b>, ReadError> {
        let size = size.min(self.length.saturating_sub(start)) as usize;
        let words = if size <= ROOM {
            &mut buffer[..]
        } else {
            kept.resize(size.div_ceil(8), 0);
            kept
        };
        let bytes = &mut bytes_of_slice_mut(words)[..size];
        self.fill(start, bytes)?;
        Ok(Part { start, bytes })
    }

    /// Calls `each` with the bytes of a table in turn, as many entries at once as the buffer has
    /// room for, until it returns `false`. Returns whether it was `true` to the end.
    pub(crate) fn stream<const ENTRY: usize>(
        &self,
        mut start: u64,
        size: u64,
        buffer: &mut Buffer,
        each: &mut dyn FnMut(&[[u8; ENTRY]]) -> bool,
    ) -> Result<bool, ReadError> {
        let mut left = size / ENTRY as u64;
        while left > 0 {
            let entries = left.min((ROOM / ENTRY) as u64);
            let bytes = &mut bytes_of_slice_mut(buffer)[..entries as usize * ENTRY];
            self.fill(start, bytes)?;
            if !each(bytes.as_chunks().0) {
                return Ok(false);
            }
            start += bytes.len() as u64;
            left -= entries;
        }
        Ok(true)
    }
}

impl<'a> Parts<'a> {
    /// Reads the first bytes into `buffer`.
    pub(crate) fn of(source: Source<'a>, buffer: &'a mut Buffer) -> Result<Self, ReadError> {
        let there = source.length.min(HEAD as u64) as usize;
        source.fill(0, &mut bytes_of_slice_mut(buffer)[..there])?;
        Ok(Parts {
            source,
            buffer,
            other: (0, 0),
        })
    }

    /// Also reads the part at `start`, in place of the other one, if there is room for it.
    pub(crate) fn read(&mut self, start: u64, size: u64) -> Result<(), ReadError> {
        if self.known(start, size).is_none() && size <= OTHER as u64 {
            let size = size as usize;
            self.other = (start, 0);
            let bytes = &mut bytes_of_slice_mut(self.buffer)[HEAD..][..size];
            self.source.fill(start, bytes)?;
            self.other.1 = size;
        }
        Ok(())
    }

    /// The buffer, for other parts.
    pub(crate) fn into_buffer(self) -> &'a mut Buffer {
        self.buffer
    }

    pub(crate) fn source(&self) -> Source<'a> {
        self.source
    }

    /// These bytes, if they need no reading.
    pub(crate) fn known(&self, offset: u64, size: u64) -> Option<&[u8]> {
        if size == 0 {
            return Some(&[]);
        }
        let (start, length) = self.other;
        let bytes = &bytes_of_slice(self.buffer)[HEAD..][..length];
        let parts = [self.head(), Part { start, bytes }];
        parts
            .iter()
            .find_map(|part| part.read_bytes_at(offset, size).ok())
    }

    pub(crate) fn head(&self) -> Part<'_> {
        let there = self.source.length.min(HEAD as u64) as usize;
        Part {
            start: 0,
            bytes: &bytes_of_slice(self.buffer)[..there],
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
        let size = size.min(self.source.length.saturating_sub(start)) as usize;
        kept.resize(size.div_ceil(8), 0);
        let bytes = &mut bytes_of_slice_mut(kept)[..size];
        self.source.fill(start, bytes)?;
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
