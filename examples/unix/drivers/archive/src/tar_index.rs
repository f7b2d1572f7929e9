//! Reads the entries of a tar archive.

use std::fs::File;
use std::io::{self, Read};

use tar::{Archive, EntryType};
use unix_kernel::printf;

use crate::content::{Content, Source};
use crate::damaged;
use crate::tree::{About, Tree};

/// The largest sparse file, which is read into memory.
const LARGEST: u64 = 1 << 30;

pub(crate) fn read(file: File) -> io::Result<Tree> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Err(damaged("it is empty"));
    }
    let mut tree = Tree::new(Source::Tar(file.try_clone()?));
    let mut archive = Archive::new(file);
    for entry in archive.entries_with_seek()? {
        let mut entry = entry?;
        let header = entry.header();
        let kind = header.entry_type();
        let about = About {
            mode: header.mode()?,
            uid: number(header.uid()?)?,
            gid: number(header.gid()?)?,
            mtime: header.mtime()?,
            size: entry.size(),
        };
        let path = entry.path_bytes().into_owned();
        let start = entry.raw_file_position();
        match kind {
            EntryType::Regular | EntryType::Continuous => {
                let end = start.checked_add(about.size);
                if end.is_none_or(|end| end > length) {
                    return Err(damaged("it is cut off"));
                }
                tree.add_file(&path, &about, Content::At(start))?;
            }
            EntryType::GNUSparse => {
                if about.size > LARGEST {
                    return Err(damaged("a sparse file is too large"));
                }
                let mut bytes = Vec::new();
                entry.read_to_end(&mut bytes)?;
                let about = About {
                    size: bytes.len() as u64,
                    ..about
                };
                tree.add_file(&path, &about, Content::Bytes(bytes))?;
            }
            EntryType::Directory => tree.add_directory(&path, &about)?,
            EntryType::Symlink => tree.add_link(&path, &about, &target(&entry)?)?,
            EntryType::Link => tree.add_name(&path, &target(&entry)?)?,
            EntryType::XGlobalHeader => {}
            other => {
                // Devices and fifos have no content to read.
                let path = String::from_utf8_lossy(&path);
                printf!("archive: {path}: an entry of the type {other:?} is left out");
            }
        }
    }
    Ok(tree)
}

fn number(value: u64) -> io::Result<u32> {
    value
        .try_into()
        .map_err(|_| damaged("a user's number is too large"))
}

fn target<R: Read>(entry: &tar::Entry<'_, R>) -> io::Result<Vec<u8>> {
    let target = entry.link_name_bytes();
    target
        .map(|name| name.into_owned())
        .ok_or_else(|| damaged("a link leads nowhere"))
}
