//! Installs and removes images, together with their records, their lines in the system file, and the
//! log.

use std::path::Path;

use dlkm_metadata::Metadata;
use dlkm_system::{Choice, FILE_NAME, same_name};
use dlkm_verify::{Digest, ImageRecord, signature_path};

use crate::by::By;
use crate::digests;
use crate::disk::Disk;
use crate::edit::Editor;
use crate::error::Error;
use crate::file_system::FileSystem;
use crate::lock::Locked;
use crate::log::{LogChange, LogEntry};
use crate::log_files::append;
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
    /// records its digest. If there is a system file
    /// without a line for the module, it gets one that says `best`; an existing line stays. A crash
    /// leaves all of this, or nothing.
    ///
    /// A host that has the former image mapped keeps it.
    ///
    /// # Errors
    /// The file is no image, its module's name can't be a file name, an image of the module is
    /// installed and `replace` is false, or the root can't be changed.
    pub fn install(&self, image: &Path, replace: bool, by: &By) -> Result<ImageInstalled, Error> {
        let metadata = Metadata::read(image).map_err(|source| Error::Image {
            file: image.to_owned(),
            source,
        })?;
        let bytes = Disk
            .read(image, dlkm_verify::limits::IMAGE)
            .map_err(Error::io("read", image))?;
        let signature = digests::signature(&Disk, image)?;
        let (module, version) = (metadata.name().to_owned(), metadata.version().to_owned());
        // No hidden file, and no name that looks like an option.
        if !table::is_word(&module) || module.starts_with(['.', '-']) || module.contains(':') {
            return Err(Error::RegistryName(module));
        }
        let there = match self.image(&module) {
            Ok(file) => Some(file),
            Err(Error::NoImage(_)) => None,
            Err(error) => return Err(error),
        };
        if there.is_some() && !replace {
            return Err(Error::ImageExists(module));
        }
        let former = there.as_ref().map(|file| {
            let former = Metadata::read(file);
            former.map_or_else(|_| String::new(), |former| former.version().to_owned())
        });
        let name = format!("{module}.so");
        let place = self.path().join(&name);
        let mut transaction = self.transaction();
        let record = ImageRecord {
            module: module.clone(),
            version: version.clone(),
            digest: Digest::of(&bytes),
        };
        let same = there.as_ref() == Some(&place)
            && Digest::of_file(&place).is_ok_and(|digest| digest == record.digest);
        let signature_name = format!("{name}.minisig");
        let former_signature = digests::signature(&*self.files, &place);
        // The signature of another image would only be in the way.
        let same_signature = former_signature.is_ok_and(|former| former == signature);
        match signature {
            _ if same_signature => {}
            Some(signature) => transaction.put(&signature_name, signature),
            None => transaction.remove(&signature_name),
        }
        let mut changes = Vec::new();
        if !same {
            // An image under another spelling of the name would be a second one.
            let other = there.filter(|file| *file != place);
            if let Some(other) = &other {
                remove(self, &mut transaction, other)?;
            }
            transaction.put(&name, bytes);
        }
        changes.extend(self.add_records(&mut transaction, vec![record], &[])?);
        if let Some(text) = self.system_text()? {
            let mut editor = Editor::parse(&text).map_err(self.edit_error(FILE_NAME))?;
            if editor.module(&module).is_none() {
                editor.set_module(&ModuleSpec::new(&module, Choice::Best));
                let text = editor.finish().map_err(self.edit_error(FILE_NAME))?;
                transaction.put(FILE_NAME, text);
                changes.push(LogChange::new(Subject::Module, &module, "", "best"));
            }
        }
        let changed = !same || !same_signature || !changes.is_empty();
        if changed {
            append(self, &mut transaction, &LogEntry::new(by, None, changes))?;
        }
        transaction.commit()?;
        Ok(ImageInstalled {
            module,
            version,
            former,
            changed,
        })
    }

    /// Removes a module's image, its signature and its record. `plan` removes its lines from the system file: see
    /// [`Change::Uninstall`](crate::Change::Uninstall). Without a system file, no plan is needed.
    ///
    /// # Errors
    /// No image of the module is installed, the plan is for another text of the file, or the root
    /// can't be changed.
    pub fn remove(&self, module: &str, plan: Option<&Plan>, by: &By) -> Result<(), Error> {
        let file = self.image(module)?;
        let mut transaction = self.transaction();
        remove(self, &mut transaction, &file)?;
        let mut changes = self.add_records(&mut transaction, Vec::new(), &[module])?;
        if let Some(plan) = plan {
            let planned = self.add_plan(&mut transaction, plan, by, None)?;
            changes.extend(planned.unwrap_or_default());
        }
        let said = |one: &LogChange| one.subject == Subject::Module && same_name(&one.name, module);
        if !changes.iter().any(said) {
            changes.push(LogChange::new(Subject::Module, module, "installed", ""));
        }
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
