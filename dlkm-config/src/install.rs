//! Installs and removes images, together with their records, their lines in the system file, and the
//! log.

use std::collections::HashSet;
use std::path::Path;

use dlkm_metadata::Metadata;
use dlkm_system::{Choice, FILE_NAME};
use dlkm_verify::{Digest, ImageRecord, signature_path};

use crate::by::By;
use crate::digests;
use crate::disk::Disk;
use crate::edit::Editor;
use crate::error::Error;
use crate::lock::Locked;
use crate::log::{LogChange, LogEntry};
use crate::log_files::append;
use crate::plain::plain;
use crate::plan::Plan;
use crate::planned::Subject;
use crate::spec::ModuleSpec;
use crate::table;
use crate::transaction::Transaction;

/// The result of an installation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImageInstalled {
    /// The module.
    pub module: String,
    /// Its version.
    pub version: String,
    /// The version whose image was there before; empty if that can't be read. `None` if there was
    /// none.
    pub former: Option<String>,
    /// Whether anything has changed. An equal image is not touched.
    pub changed: bool,
}

impl Locked {
    /// Installs an image: copies it into the root, with the signature beside it if there is one, and
    /// records its digest. If there is a system file without a line for the module, it gets one that
    /// says `best`; an existing line stays. A crash leaves all of this, or nothing.
    ///
    /// A host that has the former image mapped keeps it.
    ///
    /// # Errors
    /// The file is no image, its module's name can't be a file name, an image of the module is
    /// installed and `replace` is false, or the root can't be changed.
    pub fn install(&self, image: &Path, replace: bool, by: &By) -> Result<ImageInstalled, Error> {
        let mut all = self.install_all(&[image], replace, by, &mut || {})?;
        Ok(all.remove(0))
    }

    /// Installs several images in one change: a crash, or an error with one of them, leaves nothing.
    /// After each one it calls `copied`.
    ///
    /// # Errors
    /// As [`install`](Self::install), or two of the files are images of one module.
    pub fn install_all(
        &self,
        images: &[&Path],
        replace: bool,
        by: &By,
        copied: &mut dyn FnMut(),
    ) -> Result<Vec<ImageInstalled>, Error> {
        let installed = self.images()?;
        let mut transaction = self.transaction();
        let (mut done, mut records) = (Vec::new(), Vec::new());
        let mut names = HashSet::new();
        for image in images {
            let metadata = Metadata::read(image).map_err(|source| Error::Image {
                file: image.to_path_buf(),
                source,
            })?;
            let module = metadata.name();
            // No hidden file, and no name that looks like an option.
            if !table::is_word(module) || module.starts_with(['.', '-']) || module.contains(':') {
                return Err(Error::RegistryName(module.to_owned()));
            }
            if !names.insert(plain(module)) {
                return Err(Error::ImageTwice(module.to_owned()));
            }
            let there = installed.file(module);
            if there.is_some() && !replace {
                return Err(Error::ImageExists(module.to_owned()));
            }
            let former = there.map(|file| {
                let former = Metadata::read(file);
                former.map_or_else(|_| String::new(), |former| former.version().to_owned())
            });
            let (digest, changed) = self.add_image(&mut transaction, image, module, there)?;
            let (module, version) = (module.to_owned(), metadata.version().to_owned());
            records.push(ImageRecord {
                module: module.clone(),
                version: version.clone(),
                digest,
            });
            done.push(ImageInstalled {
                module,
                version,
                former,
                changed,
            });
            copied();
        }
        let mut changes = self.add_records(&mut transaction, records, &[])?;
        changes.extend(self.add_lines(&mut transaction, &done)?);
        let changed: HashSet<&str> = changes.iter().map(|one| &*one.name).collect();
        for one in &mut done {
            one.changed |= changed.contains(&*one.module);
        }
        if done.iter().any(|one| one.changed) {
            append(self, &mut transaction, &LogEntry::new(by, None, changes))?;
        }
        transaction.commit()?;
        Ok(done)
    }

    /// Copies an image to its place, with its signature, unless they are there already. Returns the
    /// image's digest, and whether something was copied.
    fn add_image(
        &self,
        transaction: &mut Transaction<'_>,
        image: &Path,
        module: &str,
        there: Option<&Path>,
    ) -> Result<(Digest, bool), Error> {
        let name = format!("{module}.so");
        let place = self.path().join(&name);
        let signature = digests::signature(&Disk, image)?;
        let signature_name = format!("{name}.minisig");
        let former_signature = digests::signature(&*self.files, &place);
        // The signature of another image would only be in the way.
        let same_signature = former_signature.is_ok_and(|former| former == signature);
        match signature {
            _ if same_signature => {}
            Some(signature) => transaction.put(&signature_name, signature),
            None => transaction.remove(&signature_name),
        }
        if there == Some(&*place) {
            let digest = Digest::of_file(image).map_err(Error::io("read", image))?;
            if Digest::of_file(&place).is_ok_and(|there| there == digest) {
                return Ok((digest, !same_signature));
            }
        }
        // An image under another spelling of the name would be a second one.
        if let Some(other) = there.filter(|file| *file != place) {
            remove(self, transaction, other)?;
        }
        let digest = transaction.copy(&name, image, dlkm_verify::limits::IMAGE)?;
        Ok((digest, true))
    }

    /// Adds the lines that the system file does not have yet.
    fn add_lines(
        &self,
        transaction: &mut Transaction<'_>,
        installed: &[ImageInstalled],
    ) -> Result<Vec<LogChange>, Error> {
        let Some(text) = self.system_text()? else {
            return Ok(Vec::new());
        };
        let system = self.parse(FILE_NAME, &text)?;
        let new = installed.iter().map(|one| &*one.module);
        let new: Vec<&str> = new.filter(|name| system.module(name).is_none()).collect();
        if new.is_empty() {
            return Ok(Vec::new());
        }
        let mut editor = Editor::parse(&text).map_err(self.edit_error(FILE_NAME))?;
        for name in &new {
            editor.add_module(&ModuleSpec::new(name, Choice::Best));
        }
        let text = editor.finish().map_err(self.edit_error(FILE_NAME))?;
        transaction.put(FILE_NAME, text);
        let change = |name: &&str| LogChange::new(Subject::Module, name, "", "best");
        Ok(new.iter().map(change).collect())
    }

    /// Removes a module's image, its signature and its record. `plan` removes its lines from the
    /// system file: see [`Change::Uninstall`](crate::Change::Uninstall). Without a system file, no plan is needed.
    ///
    /// # Errors
    /// No image of the module is installed, the plan is for another text of the file, or the root
    /// can't be changed.
    pub fn remove(&self, module: &str, plan: Option<&Plan>, by: &By) -> Result<(), Error> {
        self.remove_all(&[module], plan, by)
    }

    /// Removes several modules in one change: a crash, or an error with one of them, leaves all.
    ///
    /// # Errors
    /// As [`remove`](Self::remove).
    pub fn remove_all(&self, modules: &[&str], plan: Option<&Plan>, by: &By) -> Result<(), Error> {
        let images = self.images()?;
        let mut transaction = self.transaction();
        for module in modules {
            remove(self, &mut transaction, images.find(module)?)?;
        }
        let mut changes = self.add_records(&mut transaction, Vec::new(), modules)?;
        if let Some(plan) = plan {
            let planned = self.add_plan(&mut transaction, plan, by, None)?;
            changes.extend(planned.unwrap_or_default());
        }
        let lines = changes.iter().filter(|one| one.subject == Subject::Module);
        let said: HashSet<String> = lines.map(|one| plain(&one.name)).collect();
        let others = modules.iter().filter(|name| !said.contains(&plain(name)));
        let others = others.map(|name| LogChange::new(Subject::Module, name, "installed", ""));
        changes.extend(others);
        append(self, &mut transaction, &LogEntry::new(by, None, changes))?;
        transaction.commit()
    }
}

/// Removes an image, and its signature if it has one.
fn remove(locked: &Locked, transaction: &mut Transaction<'_>, image: &Path) -> Result<(), Error> {
    for file in [image.to_owned(), signature_path(image)] {
        let kind = locked.files.kind(&file).map_err(Error::io("read", &file))?;
        if let (Some(_), Some(name)) = (kind, file.file_name()) {
            transaction.remove(&name.to_string_lossy());
        }
    }
    Ok(())
}
