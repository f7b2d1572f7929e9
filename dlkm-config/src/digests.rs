//! The records of installed images, and whether the images are trusted.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::Path;

use dlkm_metadata::Metadata;
use dlkm_system::SystemFile;
use dlkm_verify::{DIGESTS, Doubt, ImageRecord, KeyError, Trust, signature_path};

use crate::by::By;
use crate::disk::Disk;
use crate::error::Error;
use crate::file_system::FileSystem;
use crate::inventory::Inventory;
use crate::lock::Locked;
use crate::log::{LogChange, LogEntry};
use crate::log_files::append;
use crate::plain::plain;
use crate::planned::Subject;
use crate::root::Root;
use crate::table;
use crate::transaction::Transaction;

/// The result of comparing an image with what is recorded of it, and with its signature.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compared {
    /// It is the image that was recorded, or that was signed.
    Same,
    /// It is not trusted.
    Doubt(Doubt),
    /// It is recorded, and not installed.
    Missing,
}

impl fmt::Display for Compared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Compared::Same => f.write_str("is the image that was installed"),
            Compared::Doubt(doubt) => doubt.fmt(f),
            Compared::Missing => f.write_str("is recorded, and no image of it is installed"),
        }
    }
}

/// What a system file trusts.
///
/// # Errors
/// A key in it is none.
pub(crate) fn trust(system: Option<&SystemFile>) -> Result<Trust, KeyError> {
    Trust::new(system.into_iter().flat_map(SystemFile::keys))
}

/// The bytes of the signature beside an image; `None` if there is none.
pub(crate) fn signature(files: &dyn FileSystem, image: &Path) -> Result<Option<Vec<u8>>, Error> {
    let file = signature_path(image);
    match files.read(&file, dlkm_verify::limits::SIGNATURE) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::io("read", &file)(error)),
    }
}

/// The records by the names of their modules. Of two for one module, the later one counts.
type ByModule<'a> = HashMap<String, &'a ImageRecord>;

fn by_module(records: &[ImageRecord]) -> ByModule<'_> {
    let named = records.iter().map(|one| (plain(&one.module), one));
    named.collect()
}

impl Root {
    /// The records of installed images, in the order of the file.
    ///
    /// # Errors
    /// The file can't be read, or a line of it can't be understood.
    pub fn image_records(&self) -> Result<Vec<ImageRecord>, Error> {
        let text = self.text(DIGESTS, dlkm_verify::limits::DIGESTS)?;
        dlkm_verify::records(&text.unwrap_or_default()).map_err(|error| Error::Damaged {
            file: self.path.join(DIGESTS),
            line: error.line,
            problem: error.problem,
        })
    }

    /// Compares all images with their records, and with their signatures if there are keys. Reads each
    /// image once.
    ///
    /// # Errors
    /// As [`image_records`](Self::image_records), or an image can't be read.
    pub fn compare_images(
        &self,
        inventory: &Inventory,
        trust: &Trust,
    ) -> Result<Vec<(String, Compared)>, Error> {
        self.compare_images_with(inventory, trust, &mut || {})
    }

    pub(crate) fn compare_images_with(
        &self,
        inventory: &Inventory,
        trust: &Trust,
        done: &mut dyn FnMut(),
    ) -> Result<Vec<(String, Compared)>, Error> {
        let records = self.image_records()?;
        let known = by_module(&records);
        let images = self.images()?;
        let mut found = Vec::new();
        // A module that is linked into the host has no image.
        for module in inventory.modules().iter().filter(|module| !module.linked) {
            let file = images.find(&module.name)?;
            let image = Disk.read(file, dlkm_verify::limits::IMAGE);
            let image = image.map_err(Error::io("read", file))?;
            let record = known.get(&plain(&module.name)).copied().cloned();
            let record = Ok(record.into_iter().collect());
            let judged = match signature(&*self.files, file) {
                Ok(signature) => trust.judge(&module.name, &image, &record, signature.as_deref()),
                Err(_) if !trust.needs_signature() => {
                    trust.judge(&module.name, &image, &record, None)
                }
                Err(error) => Err(Doubt::Signature {
                    problem: error.to_string(),
                }),
            };
            found.push((
                module.name.clone(),
                judged.map_or_else(Compared::Doubt, |()| Compared::Same),
            ));
            done();
        }
        for record in records {
            if inventory.module(&record.module).is_none() {
                found.push((record.module, Compared::Missing));
            }
        }
        Ok(found)
    }
}

impl Locked {
    /// Records the images of modules as they are installed now.
    ///
    /// ```no_run
    /// # use std::{path::Path, time::Duration};
    /// use dlkm_config::{By, Compared, Inventory, Root, Trust};
    ///
    /// let locked = Root::open(Path::new("/usr/lib/app/modules"))?.lock(Duration::from_secs(5))?;
    /// locked.record(&["shm"], &By::now("Version 0.2.0"))?;
    /// let compared = locked.compare_images(&Inventory::read(&locked)?, &Trust::default())?;
    /// assert!(compared.contains(&("shm".to_owned(), Compared::Same)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// A module has no image, its metadata can't be read, or the file can't be written.
    pub fn record(&self, modules: &[&str], by: &By) -> Result<(), Error> {
        let images = self.images()?;
        let records = modules.iter().map(|module| {
            let file = images.find(module)?.to_owned();
            let metadata = Metadata::read(&file);
            let metadata = metadata.map_err(|source| Error::Image { file, source })?;
            Ok(ImageRecord {
                module: metadata.name().to_owned(),
                version: metadata.version().to_owned(),
                digest: images.digest(module)?,
            })
        });
        let records: Result<Vec<_>, Error> = records.collect();
        self.put_records(records?, &[], by)
    }

    /// Removes the records of modules.
    ///
    /// # Errors
    /// The file can't be read or written.
    pub fn forget(&self, modules: &[&str], by: &By) -> Result<(), Error> {
        self.put_records(Vec::new(), modules, by)
    }

    pub(crate) fn put_records(
        &self,
        new: Vec<ImageRecord>,
        gone: &[&str],
        by: &By,
    ) -> Result<(), Error> {
        let mut transaction = self.transaction();
        let changes = self.add_records(&mut transaction, new, gone)?;
        if !changes.is_empty() {
            append(self, &mut transaction, &LogEntry::new(by, None, changes))?;
        }
        transaction.commit()
    }

    /// Adds the file to a change, if it differs. Returns the changes for the log.
    pub(crate) fn add_records(
        &self,
        transaction: &mut Transaction<'_>,
        new: Vec<ImageRecord>,
        gone: &[&str],
    ) -> Result<Vec<LogChange>, Error> {
        for word in new.iter().flat_map(|one| [&one.module, &one.version]) {
            if !table::is_word(word) {
                return Err(Error::RegistryName(word.clone()));
            }
        }
        let before = self.image_records()?;
        let (old_ones, new_ones) = (by_module(&before), by_module(&new));
        let names = new.iter().map(|one| one.module.as_str());
        let names: Vec<&str> = names.chain(gone.iter().copied()).collect();
        let text = |all: &ByModule<'_>, name: &str| {
            let record = all.get(&plain(name));
            record.map_or_else(String::new, |one| format!("{} {}", one.version, one.digest))
        };
        let changes = names.iter().map(|name| {
            let (old, new) = (text(&old_ones, name), text(&new_ones, name));
            LogChange::new(Subject::Digest, name, &old, &new)
        });
        let changes: Vec<_> = changes.filter(|one| one.old != one.new).collect();
        if changes.is_empty() {
            return Ok(changes);
        }
        let concerned: HashSet<String> = names.iter().map(|name| plain(name)).collect();
        let others = before.iter();
        let others = others.filter(|one| !concerned.contains(&plain(&one.module)));
        let lines = others.chain(&new).map(|one| format!("{one}\n"));
        transaction.put(DIGESTS, lines.collect::<String>().into_bytes());
        Ok(changes)
    }
}
