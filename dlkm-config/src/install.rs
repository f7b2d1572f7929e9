//! Images come into a module root, and go from it, with what is recorded of them.

use std::path::{Path, PathBuf};

use dlkm_metadata::Metadata;

use crate::by::By;
use crate::digest::Digest;
use crate::digests::ImageRecord;
use crate::error::Error;
use crate::inventory::Installed;
use crate::lock::Locked;
use crate::table;

/// An image that is to be installed.
#[derive(Debug)]
pub struct Image {
    file: PathBuf,
    bytes: Vec<u8>,
    metadata: Metadata,
}

/// What an installation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Placed {
    /// The module was not installed before.
    New,
    /// It replaces another image.
    Replaced,
    /// The same image is there already.
    Same,
}

impl Image {
    /// Reads an image and its metadata. None of its code runs.
    ///
    /// # Errors
    /// The file can't be read, is no image of a module, or its module has a name that can't be that
    /// of a file.
    pub fn read(file: &Path) -> Result<Self, Error> {
        let no_module = |problem: String| Error::NoModule {
            file: file.to_owned(),
            problem,
        };
        let bytes = std::fs::read(file).map_err(Error::io("read", file))?;
        let metadata = Metadata::read(file).map_err(|error| no_module(error.to_string()))?;
        for word in [metadata.name(), metadata.version()] {
            if !table::is_word(word) || word.starts_with('.') {
                let problem = format!("`{}` can't be a name here", word.escape_debug());
                return Err(no_module(problem));
            }
        }
        Ok(Image {
            file: file.to_owned(),
            bytes,
            metadata,
        })
    }

    /// The file that it was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The module's name.
    pub fn name(&self) -> &str {
        self.metadata.name()
    }

    /// The module's version.
    pub fn version(&self) -> &str {
        self.metadata.version()
    }

    /// What its metadata says about its configuration.
    pub fn installed(&self) -> Installed {
        Installed::of(&self.metadata)
    }
}

impl Locked {
    /// Copies an image into the root, as `NAME.so`, and records its digest. Both belong together:
    /// after a crash, both are there, or none. A running host keeps the image that it has loaded.
    ///
    /// The system file stays as it is.
    ///
    /// # Errors
    /// Without `update`, another image of the module is installed: kminstall(1M), `-a`: "exists
    /// already: message, fails". Or a file can't be read or written.
    pub fn install(&self, image: &Image, update: bool, by: &By) -> Result<Placed, Error> {
        let name = image.name();
        let digest = Digest::of(&image.bytes);
        let former = self.image(name).ok();
        let placed = match &former {
            None => Placed::New,
            Some(file) => match self.image_digest(name)? == digest {
                true => Placed::Same,
                false if update => Placed::Replaced,
                false => {
                    let metadata = Metadata::read(file);
                    return Err(Error::OtherImage {
                        module: name.to_owned(),
                        installed: metadata.map_or("?".to_owned(), |one| one.version().to_owned()),
                    });
                }
            },
        };
        let mut transaction = self.transaction();
        let file = format!("{name}.so");
        if placed != Placed::Same {
            transaction.put(&file, image.bytes.clone());
        }
        // The name of the former one may have `_` for `-`.
        let former = former.as_deref().and_then(Path::file_name);
        if let Some(other) = former.and_then(|name| name.to_str()).filter(|one| *one != file)
            && placed != Placed::Same
        {
            transaction.remove(other);
        }
        let record = ImageRecord {
            module: name.to_owned(),
            version: image.version().to_owned(),
            digest,
        };
        self.add_records(&mut transaction, vec![record], &[], by)?;
        transaction.commit()?;
        Ok(placed)
    }

    /// Removes a module's image, and what is recorded of it. The system file stays as it is.
    ///
    /// # Errors
    /// No image of the module is installed, or a file can't be written or removed.
    pub fn remove_image(&self, module: &str, by: &By) -> Result<(), Error> {
        let file = self.image(module)?;
        let mut transaction = self.transaction();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        transaction.remove(&name);
        self.add_records(&mut transaction, Vec::new(), &[module], by)?;
        transaction.commit()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::time::Duration;

    use super::*;
    use crate::Root;
    use crate::tests::image::image;
    use crate::tests::modules::metadata;

    /// kminstall(1M): "`-a`: exists already: message, fails. `-u`: not there: warns and adds".
    #[test]
    fn an_image_comes_and_goes_with_its_record() {
        let folder = tempfile::tempdir().unwrap();
        let (root, by) = (Root::open(folder.path()).unwrap(), By::now(""));
        let file = |version: &str| {
            let file = folder.path().join(format!("build-{version}"));
            let text = metadata("net-work", version, "auto", "", &[]);
            fs::write(&file, image(text.as_bytes())).unwrap();
            Image::read(&file).unwrap()
        };
        let (one, two) = (file("1.0.0"), file("2.0.0"));
        let locked = root.lock(Duration::ZERO).unwrap();
        assert_eq!(locked.install(&one, false, &by).unwrap(), Placed::New);
        assert_eq!(locked.install(&one, false, &by).unwrap(), Placed::Same);
        let error = locked.install(&two, false, &by).unwrap_err().to_string();
        assert!(error.contains("in version 1.0.0"), "{error}");
        // A file whose name is written in the other way is replaced too.
        let [dash, underscore] = ["net-work.so", "net_work.so"].map(|name| folder.path().join(name));
        fs::rename(&dash, &underscore).unwrap();
        assert_eq!(locked.install(&two, true, &by).unwrap(), Placed::Replaced);
        assert!(dash.is_file() && !underscore.exists());
        let records = locked.image_records().unwrap();
        assert_eq!((records.len(), &*records[0].version), (1, "2.0.0"));
        assert_eq!(records[0].digest, Digest::of_file(&dash).unwrap());
        locked.remove_image("net_work", &by).unwrap();
        assert!(!dash.exists() && locked.image_records().unwrap().is_empty());
        assert!(matches!(locked.remove_image("net-work", &by), Err(Error::NoImage(_))));
    }

    #[test]
    fn only_images_of_modules_are_installed() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("x");
        fs::write(&file, "text").unwrap();
        let error = Image::read(&file).unwrap_err().to_string();
        assert!(error.contains("x` can't be installed: "), "{error}");
        let text = metadata("..", "1.0.0", "auto", "", &[]);
        fs::write(&file, image(text.as_bytes())).unwrap();
        assert!(Image::read(&file).is_err());
    }
}
