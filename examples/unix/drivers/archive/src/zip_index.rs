//! Reads the entries of a zip archive.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Mutex;

use zip::{DateTime, ZipArchive};

use crate::content::{Content, Source, Unpacked};
use crate::damaged;
use crate::tree::{About, Tree};

/// The longest target of a link.
const LONGEST: u64 = 4096;

struct Found {
    path: Vec<u8>,
    about: About,
    kind: FoundKind,
}

enum FoundKind {
    Directory,
    File(usize),
    Link(Vec<u8>),
}

pub(crate) fn read(file: File) -> io::Result<Tree> {
    let mut archive = ZipArchive::new(file).map_err(io::Error::from)?;
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(io::Error::from)?;
        let directory = file.is_dir();
        let mode = file.unix_mode();
        let about = About {
            mode: mode.unwrap_or(if directory { 0o755 } else { 0o644 }),
            uid: 0,
            gid: 0,
            mtime: file.last_modified().map_or(0, seconds),
            size: file.size(),
        };
        let path = file.name()?.as_bytes().to_owned();
        let kind = if directory {
            FoundKind::Directory
        } else if file.is_symlink() {
            let mut target = Vec::new();
            file.by_ref().take(LONGEST + 1).read_to_end(&mut target)?;
            if target.len() as u64 > LONGEST {
                return Err(damaged("the target of a link is too long"));
            }
            FoundKind::Link(target)
        } else {
            FoundKind::File(index)
        };
        all.push(Found { path, about, kind });
    }
    let mut tree = Tree::new(Source::Zip(Mutex::new(Unpacked {
        archive,
        last: None,
    })));
    for Found { path, about, kind } in all {
        match kind {
            FoundKind::Directory => tree.add_directory(&path, &about)?,
            FoundKind::File(index) => tree.add_file(&path, &about, Content::Packed(index))?,
            FoundKind::Link(to) => tree.add_link(&path, &about, &to)?,
        }
    }
    Ok(tree)
}

/// The seconds since 1970 of a time in an archive, which has no zone: UTC is assumed.
fn seconds(time: DateTime) -> u64 {
    let (month, day) = (u64::from(time.month()), u64::from(time.day()));
    // Years that begin in March have the leap day at their end.
    let year = u64::from(time.year()) - u64::from(month <= 2);
    let in_year = (153 * ((month + 9) % 12) + 2) / 5 + day.saturating_sub(1);
    let days = year * 365 + year / 4 - year / 100 + year / 400 + in_year;
    let days = days.saturating_sub(719_468);
    let clock = u64::from(time.hour()) * 3600 + u64::from(time.minute()) * 60;
    days * 86_400 + clock + u64::from(time.second())
}
