//! `dd` and `copyout`: bytes from one file to another.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;

use unix_kernel::Kind;
use unix_kernel::errno::{EINVAL, ENOTDIR};

use super::commands::number;
use super::{Descriptor, Shell, reading, writing};
use crate::fault::{Fault, Result};
use crate::file::File;
use crate::namespace::{Found, Mount, Namespace};

/// The largest block of `dd`.
const LARGEST: u32 = 1 << 24;

/// Copies blocks; returns what it says.
pub(super) fn dd(shell: &Shell, arguments: &[&str]) -> Result<Vec<String>> {
    let (mut from, mut to) = (None, None);
    let (mut size, mut count, mut skip, mut seek) = (512, None, 0, 0);
    for argument in arguments {
        match argument.split_once('=') {
            Some(("if", path)) => from = Some(path),
            Some(("of", path)) => to = Some(path),
            Some(("bs", value)) => size = number(value)?,
            Some(("count", value)) => count = Some(number(value)?),
            Some(("skip", value)) => skip = number(value)?,
            Some(("seek", value)) => seek = number(value)?,
            _ => return Err(Fault::new(EINVAL, format!("{argument} is no operand"))),
        }
    }
    let (Some(from_path), Some(to_path)) = (from, to) else {
        return Err(Fault::new(EINVAL, "if= and of= are missing"));
    };
    if size == 0 || size > LARGEST {
        return Err(Fault::new(EINVAL, format!("bs is from 1 to {LARGEST}")));
    }
    let from = shell
        .open(from_path, reading())
        .map_err(|fault| fault.about(from_path))?;
    let to = shell
        .open(to_path, writing())
        .map_err(|fault| fault.about(to_path))?;
    let mut buffer = vec![0; size as usize];
    let mut read = u64::from(size) * u64::from(skip);
    let mut write = u64::from(size) * u64::from(seek);
    let mut copied = 0;
    let mut blocks = 0;
    let result = loop {
        if count == Some(blocks) {
            break Ok(());
        }
        match from.file.read(read, &mut buffer) {
            Ok(0) => break Ok(()),
            Ok(length) => {
                if let Err(fault) = to.file.write_all(write, &buffer[..length]) {
                    break Err(fault.about(to_path));
                }
                read += length as u64;
                write += length as u64;
                copied += length as u64;
                blocks += 1;
            }
            Err(fault) => break Err(fault.about(from_path)),
        }
    };
    let closed = from.close().and(to.close());
    result?;
    closed?;
    Ok(vec![format!("{copied} bytes copied")])
}

/// Copies what comes from one descriptor to another, until its end.
pub(super) fn descriptors(from: &Descriptor, to: &Descriptor) -> Result<()> {
    let mut buffer = vec![0; 4096];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            count => to.write(&buffer[..count])?,
        }
    }
}

/// Copies all files of a mounted file system to a new folder of the system below.
pub(super) fn out(namespace: &Namespace, from: &str, to: &str) -> Result<()> {
    let Found::Mounted { mount, inode } = namespace.find(from, true)? else {
        return Err(Fault::new(
            EINVAL,
            format!("{from} is not in a mounted file system"),
        ));
    };
    let to = Path::new(to.strip_prefix("host:").unwrap_or(to));
    if mount.files.getattr(inode)?.kind != Kind::Directory {
        return Err(ENOTDIR.into());
    }
    directory(&mount, inode, to)
}

fn directory(mount: &Arc<Mount>, inode: u64, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    let mut buffer = vec![0; 1 << 16];
    for entry in mount.files.readdir(inode)? {
        let path = to.join(&entry.name);
        match entry.kind {
            Kind::Directory => directory(mount, entry.inode, &path)?,
            Kind::Link => std::os::unix::fs::symlink(mount.files.readlink(entry.inode)?, path)?,
            Kind::File => {
                let open = File::Mounted {
                    mount: Arc::clone(mount),
                    inode: entry.inode,
                };
                let new = File::Host(fs::File::create_new(&path)?);
                let mut at = 0;
                loop {
                    let count = open
                        .read(at, &mut buffer)
                        .map_err(|fault| fault.about(&entry.name))?;
                    if count == 0 {
                        break;
                    }
                    new.write_all(at, &buffer[..count])?;
                    at += count as u64;
                }
                let mode = mount.files.getattr(entry.inode)?.mode;
                fs::set_permissions(&path, fs::Permissions::from_mode(mode & 0o777))?;
            }
        }
    }
    Ok(())
}
