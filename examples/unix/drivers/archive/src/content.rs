//! The contents of the files in an archive.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::sync::{Mutex, PoisonError};

use zip::ZipArchive;

use crate::damaged;

/// The largest file that is unpacked in memory.
const LARGEST: u64 = 1 << 30;

/// Where the content of a file is.
pub(crate) enum Content {
    /// As it is, from that place of the archive on.
    At(u64),
    /// In memory.
    Bytes(Vec<u8>),
    /// In a zip archive, under this index.
    Packed(usize),
}

/// What contents are read from.
pub(crate) enum Source {
    Tar(File),
    Zip(Mutex<Unpacked>),
}

/// A zip archive, and the file that was unpacked last.
pub(crate) struct Unpacked {
    pub(crate) archive: ZipArchive<File>,
    pub(crate) last: Option<(usize, Vec<u8>)>,
}

impl Source {
    /// Reads from a file of this size, from `at` on.
    pub(crate) fn read(
        &self,
        content: &Content,
        size: u64,
        at: u64,
        into: &mut [u8],
    ) -> io::Result<usize> {
        let rest = usize::try_from(size.saturating_sub(at)).unwrap_or(usize::MAX);
        let count = rest.min(into.len());
        let into = &mut into[..count];
        if count == 0 {
            return Ok(0);
        }
        match (self, content) {
            (Source::Tar(file), Content::At(start)) => file.read_exact_at(into, start + at)?,
            (_, Content::Bytes(bytes)) => copy(bytes, at, into)?,
            (Source::Zip(unpacked), Content::Packed(index)) => {
                let mut unpacked = unpacked.lock().unwrap_or_else(PoisonError::into_inner);
                copy(unpacked.bytes(*index)?, at, into)?;
            }
            _ => return Err(damaged("the file is of the other kind of archive")),
        }
        Ok(count)
    }
}

impl Unpacked {
    /// The whole content of a file, whose checksum is right.
    fn bytes(&mut self, index: usize) -> io::Result<&[u8]> {
        if self.last.as_ref().is_none_or(|(last, _)| *last != index) {
            let file = self.archive.by_index(index).map_err(io::Error::from)?;
            let size = file.size();
            if size > LARGEST {
                return Err(damaged(format!("it has {size} bytes, more than {LARGEST}")));
            }
            let mut bytes = Vec::new();
            // One more, for a file that is larger than it says.
            file.take(size + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 != size {
                return Err(damaged(format!("it has not the {size} bytes that it says")));
            }
            self.last = Some((index, bytes));
        }
        Ok(self.last.as_ref().map_or(&[], |(_, bytes)| bytes))
    }
}

fn copy(bytes: &[u8], at: u64, into: &mut [u8]) -> io::Result<()> {
    let at = usize::try_from(at).unwrap_or(usize::MAX);
    let rest = bytes.get(at..).unwrap_or_default();
    let from = rest.get(..into.len());
    into.copy_from_slice(from.ok_or_else(|| damaged("it is shorter than it says"))?);
    Ok(())
}
