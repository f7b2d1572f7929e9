//! Which image provides which interface, where the names do not tell.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::ModuleRoot;
use crate::metadata::Metadata;

/// All that the images of a root provide: one entry for each interface of each image.
/// It takes as many reads as there are images, so it is kept until the folder changes.
#[derive(Debug)]
pub(super) struct Index {
    /// When the folder had been changed before it was listed.
    changed: Option<SystemTime>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    interface: String,
    module: String,
    file: PathBuf,
}

/// A change so soon after another may leave the folder's time as it is.
const SETTLED: Duration = Duration::from_secs(2);

impl Index {
    /// The one in `kept`, or a new one if the folder is not as it was.
    ///
    /// # Errors
    /// The folder can't be listed.
    pub(super) fn current<'a>(
        kept: &'a mut Option<Self>,
        root: &ModuleRoot,
    ) -> io::Result<&'a mut Self> {
        let changed = root.path().and_then(changed);
        let fresh = match kept.take() {
            Some(index) if changed.is_some() && index.changed == changed => index,
            _ => Index {
                changed,
                entries: entries(root)?,
            },
        };
        Ok(kept.insert(fresh))
    }

    /// The module that provides the interface, and the images of all that do, sorted.
    pub(super) fn providers(&self, interface: &str) -> (Option<&str>, Vec<&Path>) {
        let mut module = None;
        let mut files: Vec<&Path> = Vec::new();
        for entry in &self.entries {
            if entry.interface == interface {
                module = Some(&*entry.module);
                let at = files.partition_point(|known| *known < entry.file);
                if files.get(at).is_none_or(|known| *known != entry.file) {
                    files.insert(at, &entry.file);
                }
            }
        }
        (module, files)
    }
}

/// When the folder was changed, if that is long enough ago to tell its states apart.
fn changed(root: &Path) -> Option<SystemTime> {
    let changed = root.metadata().ok()?.modified().ok()?;
    let settled = changed.elapsed().is_ok_and(|age| age > SETTLED);
    settled.then_some(changed)
}

fn entries(root: &ModuleRoot) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in root.files()? {
        let Ok(metadata) = Metadata::read(&file) else {
            continue;
        };
        for interface in metadata.interfaces() {
            entries.push(Entry {
                interface: interface.name().to_owned(),
                module: metadata.name().to_owned(),
                file: file.clone(),
            });
        }
    }
    Ok(entries)
}
