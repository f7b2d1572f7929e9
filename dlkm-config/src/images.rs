//! The files with the images of a root.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use dlkm_verify::Digest;

use crate::error::Error;
use crate::plain::plain;
use crate::root::Root;

/// The files with the images of a root, by module. Whether they are images is not known yet.
#[derive(Clone, Debug)]
pub struct Images {
    files: HashMap<String, PathBuf>,
}

impl Images {
    /// The file of a module; `-` and `_` in its name count as one.
    pub fn file(&self, module: &str) -> Option<&Path> {
        self.files.get(&plain(module)).map(PathBuf::as_path)
    }

    /// The file of a module that must have one.
    pub(crate) fn find(&self, module: &str) -> Result<&Path, Error> {
        let file = self.file(module);
        file.ok_or_else(|| Error::NoImage(module.to_owned()))
    }

    /// The digest of a module's file.
    pub(crate) fn digest(&self, module: &str) -> Result<Digest, Error> {
        let file = self.find(module)?;
        Digest::of_file(file).map_err(Error::io("read", file))
    }
}

impl Root {
    /// The files with the images of this root.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # std::fs::write(folder.path().join("shm-ring.so"), "")?;
    /// use dlkm_config::Root;
    ///
    /// let images = Root::open(folder.path())?.images()?;
    /// assert!(images.file("shm_ring").is_some_and(|file| file.ends_with("shm-ring.so")));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The root can't be listed.
    pub fn images(&self) -> Result<Images, Error> {
        let names = self.files.list(&self.path);
        let mut names = names.map_err(Error::io("listed", &self.path))?;
        // Of two spellings, always the same one.
        names.sort_unstable_by(|one, other| other.cmp(one));
        let images = names.iter().filter_map(|name| {
            let module = name.to_str()?.strip_suffix(".so")?;
            Some((plain(module), self.path.join(name)))
        });
        let files = images.collect();
        Ok(Images { files })
    }

    /// The file with a module's image. `-` and `_` in its name count as one.
    ///
    /// # Errors
    /// No image of the module is installed, or the root can't be listed.
    pub fn image_file(&self, module: &str) -> Result<PathBuf, Error> {
        // Usually the file is named as the module is, and no listing is needed.
        let exact = self.path.join(format!("{module}.so"));
        let there =
            !module.contains('/') && self.files.kind(&exact).is_ok_and(|kind| kind.is_some());
        match there {
            true => Ok(exact),
            false => self.images()?.find(module).map(Path::to_owned),
        }
    }
}
