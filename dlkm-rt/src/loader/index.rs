//! Which image provides which interface, if the names differ.

use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{ModuleRoot, OpenFile};
use crate::metadata::Metadata;
use crate::sorted::sort_by;

/// Everything that the images of a root provide: one entry for each interface of each image.
/// Making it reads every image, so it is kept until the folder changes.
#[derive(Debug)]
pub(super) struct Index {
    /// When the folder had last been changed before it was listed.
    changed: Option<SystemTime>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    interface: String,
    module: String,
    file: PathBuf,
    /// Of a module in a switch table.
    metadata: Option<Metadata>,
}

/// A change that follows another one within this time may leave the folder's timestamp as it is.
const CLOCK_STEP: Duration = Duration::from_secs(2);

impl Index {
    /// The index in `kept`, or a new one if the folder has changed.
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

    /// The modules that provide the interface of a switch table.
    pub(super) fn all(&self, interface: &str) -> impl Iterator<Item = &Metadata> {
        let entries = self.entries.iter();
        let of_interface = entries.filter(move |entry| entry.interface == interface);
        of_interface.filter_map(|entry| entry.metadata.as_ref())
    }

    /// A module that provides the interface and is `used`, and the images of all that are, sorted.
    pub(super) fn providers(
        &self,
        interface: &str,
        used: &dyn Fn(&str) -> bool,
    ) -> (Option<&str>, Vec<&Path>) {
        let mut module = None;
        let mut files: Vec<&Path> = Vec::new();
        for entry in &self.entries {
            if entry.interface == interface && used(&entry.module) {
                module = Some(&*entry.module);
                files.push(&entry.file);
            }
        }
        // They are in one folder, so their bytes have the order of their names.
        sort_by(&mut files, |one, other| {
            let (one, other) = (one.as_os_str(), other.as_os_str());
            one.as_encoded_bytes().cmp(other.as_encoded_bytes())
        });
        files.dedup();
        (module, files)
    }
}

/// When the folder was last changed, if that is long enough ago for the next change to show.
fn changed(root: &Path) -> Option<SystemTime> {
    let changed = root.metadata().ok()?.modified().ok()?;
    let is_old = changed.elapsed().is_ok_and(|age| age > CLOCK_STEP);
    is_old.then_some(changed)
}

fn entries(root: &ModuleRoot) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    for file in root.files()? {
        let opened = OpenFile::open(root, file.clone()).ok();
        let Some(metadata) = opened.and_then(|mut image| image.metadata().ok()) else {
            continue;
        };
        for interface in metadata.interfaces() {
            entries.push(Entry {
                interface: interface.name().to_owned(),
                module: metadata.name().to_owned(),
                file: file.clone(),
                metadata: interface.is_switch().then(|| metadata.clone()),
            });
        }
    }
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(entries: &[(&str, &str, &str)]) -> Index {
        let entries = entries.iter().map(|(interface, module, file)| Entry {
            interface: (*interface).to_owned(),
            module: (*module).to_owned(),
            file: PathBuf::from(file),
            metadata: None,
        });
        Index {
            changed: None,
            entries: entries.collect(),
        }
    }

    #[test]
    fn all_providers_are_found_each_once_and_sorted() {
        let index = index(&[
            ("a", "two", "/two.so"),
            ("b", "two", "/two.so"),
            ("a", "one", "/one.so"),
            ("a", "one", "/one.so"),
        ]);
        assert_eq!(
            index.providers("b", &|_| true),
            (Some("two"), vec![Path::new("/two.so")])
        );
        let (_, files) = index.providers("a", &|_| true);
        assert_eq!(files, [Path::new("/one.so"), Path::new("/two.so")]);
        let one = (Some("one"), vec![Path::new("/one.so")]);
        assert_eq!(index.providers("a", &|module| module != "two"), one);
        assert_eq!(index.providers("c", &|_| true), (None, vec![]));
    }

    #[test]
    fn it_is_kept_while_the_folder_is_as_it_was_and_no_longer() {
        let folder = std::env::temp_dir().join(format!("dlkm-index-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        let set = |age: u64| {
            let time = SystemTime::now() - Duration::from_secs(age);
            let folder = std::fs::File::open(&folder).unwrap();
            folder.set_modified(time).unwrap();
        };
        // SAFETY: the folder is only listed; nothing in it is loaded.
        let root = unsafe { ModuleRoot::trusted(&folder) };
        // An entry that no listing finds marks a kept index.
        let mut kept = None;
        let mut is_kept = || {
            let index = Index::current(&mut kept, &root).unwrap();
            let was = !index.entries.is_empty();
            index.entries = self::index(&[("a", "a", "a")]).entries;
            was
        };
        set(1000);
        assert!(!is_kept());
        assert!(is_kept());
        set(500);
        assert!(!is_kept(), "the folder changed");
        assert!(is_kept());
        set(0);
        assert!(!is_kept());
        assert!(!is_kept(), "a change within that time would not show");
        std::fs::remove_dir(&folder).unwrap();
    }
}
