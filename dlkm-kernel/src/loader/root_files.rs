//! What the kernel reads in a module root.

use std::io;
use std::path::PathBuf;

use super::ModuleRoot;
use crate::os::{self, About, Rights};

/// The rights of the folder, unless they and those of its files do not matter.
pub(super) fn folder_rights(root: &ModuleRoot) -> io::Result<Option<Rights>> {
    match root.path() {
        Some(folder) if !root.is_shared() => {
            About::of_path(folder).map(|about| Some(about.rights()))
        }
        _ => Ok(None),
    }
}

/// The path of the image of `module`.
pub(super) fn file(root: &ModuleRoot, module: &str) -> Option<PathBuf> {
    let root = root.path()?;
    let mut name = String::with_capacity(module.len() + 1 + os::IMAGE_SUFFIX.len());
    name.push_str(module);
    name.push('.');
    name.push_str(os::IMAGE_SUFFIX);
    Some(root.join(name))
}

/// The images in the folder.
pub(super) fn files(root: &ModuleRoot) -> io::Result<Vec<PathBuf>> {
    let Some(root) = root.path() else {
        return Ok(Vec::new());
    };
    let mut files = Vec::new();
    for entry in root.read_dir()? {
        let path = entry?.path();
        let hidden = path
            .file_name()
            .is_some_and(|name| name.as_encoded_bytes()[0] == b'.');
        if !hidden
            && path
                .extension()
                .is_some_and(|suffix| suffix == os::IMAGE_SUFFIX)
        {
            files.push(path);
        }
    }
    Ok(files)
}
