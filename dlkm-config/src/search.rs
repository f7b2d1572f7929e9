//! The search path: folders in which images are looked for that are not installed.

use std::path::{Path, PathBuf};

use crate::by::By;
use crate::error::Error;
use crate::limits;
use crate::lock::Locked;
use crate::log::{LogChange, LogEntry};
use crate::log_files::append;
use crate::planned::Subject;
use crate::root::Root;

/// The file in the module root, with a folder on each line.
const FILE: &str = "search";

impl Root {
    /// The folders in which an image is looked for that is not installed, the first one first.
    ///
    /// # Errors
    /// The file can't be read, or has something else than absolute paths.
    pub fn search_path(&self) -> Result<Vec<PathBuf>, Error> {
        let Some(text) = self.text(FILE, limits::SEARCH)? else {
            return Ok(Vec::new());
        };
        let damaged = |line| Error::Damaged {
            file: self.path.join(FILE),
            line,
            problem: "this is no absolute path; remove it".to_owned(),
        };
        let text = String::from_utf8(text).map_err(|_| damaged(1))?;
        let folders = text.lines().enumerate().map(|(index, line)| {
            let folder = Path::new(line);
            match folder.is_absolute() {
                true => Ok(folder.to_owned()),
                false => Err(damaged(index + 1)),
            }
        });
        folders.collect()
    }
}

impl Locked {
    /// Sets the search path. Says whether anything has changed.
    ///
    /// kmadmin(1M), `-d` and `-D`: the change takes effect at once, for all users.
    ///
    /// # Errors
    /// A folder can't be in it, or the root can't be changed.
    pub fn set_search_path(&self, folders: &[PathBuf], by: &By) -> Result<bool, Error> {
        let mut text = String::new();
        for folder in folders {
            let problem = match folder.to_str() {
                Some(path) if path.contains('\n') => "has a line feed in its name",
                Some(_) if !folder.is_absolute() => "is no absolute path",
                Some(_) if !folder.is_dir() => "is no folder",
                Some(path) => {
                    text += path;
                    text.push('\n');
                    continue;
                }
                None => "has a name that is no text",
            };
            let folder = folder.clone();
            return Err(Error::SearchPath { folder, problem });
        }
        // A damaged one is replaced.
        let former = self.search_path().unwrap_or_default();
        if former == folders {
            return Ok(false);
        }
        let shown = |folders: &[PathBuf]| {
            let folders: Vec<_> = folders
                .iter()
                .map(|one| one.display().to_string())
                .collect();
            folders.join(" ")
        };
        let mut transaction = self.transaction();
        match text.is_empty() {
            true => transaction.remove(FILE),
            false => transaction.put(FILE, text.into_bytes()),
        }
        let (old, new) = (shown(&former), shown(folders));
        let change = LogChange::new(Subject::Configuration, FILE, old.as_str(), new.as_str());
        append(
            self,
            &mut transaction,
            &LogEntry::new(by, None, vec![change]),
        )?;
        transaction.commit()?;
        Ok(true)
    }
}
