//! Saved configurations: the forms of kconfig(1M).

use std::io;

use dlkm_system::{Directive, FILE_NAME, lines};

use crate::all_best::all_best;
use crate::by::By;
use crate::configuration::configuration;
use crate::error::Error;
use crate::limits;
use crate::lock::Locked;
use crate::log::{LogChange, LogEntry};
use crate::log_files::append;
use crate::name;
use crate::near::near;
use crate::planned::Subject;
use crate::root::Root;
use crate::transaction::{SAVED, Transaction};

/// A saved configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Saved {
    /// Its name.
    pub name: String,
    /// Its title; may be empty.
    pub title: String,
    /// When it was saved, as `2026-01-02T03:04:05Z`; empty if its file does not say it.
    pub timestamp: String,
}

/// The file of a saved configuration, in the root.
pub(crate) fn file(name: &str) -> String {
    format!("{SAVED}/{name}")
}

impl Root {
    /// All saved configurations, sorted by name. One whose file can't be understood is there too,
    /// without a title.
    ///
    /// # Errors
    /// The folder or a file can't be read.
    pub fn saved(&self) -> Result<Vec<Saved>, Error> {
        let names = self.saved_names()?;
        let all = names.into_iter().map(|name| {
            let text = self.saved_text(&name)?;
            let (title, timestamp) = said(&text).unwrap_or_default();
            Ok(Saved {
                name,
                title,
                timestamp,
            })
        });
        all.collect()
    }

    fn saved_names(&self) -> Result<Vec<String>, Error> {
        let folder = self.path.join(SAVED);
        let names = match self.files.list(&folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            names => names.map_err(Error::io("listed", &folder))?,
        };
        let names = names.into_iter().filter_map(|name| name.into_string().ok());
        let mut names: Vec<String> = names.filter(|one| name::check(one).is_ok()).collect();
        names.sort();
        Ok(names)
    }

    /// The text of a saved configuration, which is that of a system file: `-e`.
    ///
    /// # Errors
    /// The name is none, there is no such configuration, or it can't be read.
    pub fn saved_text(&self, name: &str) -> Result<Vec<u8>, Error> {
        name::check(name).map_err(Error::Name)?;
        let text = self.text(&file(name), dlkm_system::limits::FILE)?;
        text.map_or_else(
            || {
                let names = self.saved_names()?;
                let near = near(name, names.iter().map(String::as_str));
                let name = name.to_owned();
                Err(Error::NoConfiguration { name, near })
            },
            Ok,
        )
    }

    fn is_saved(&self, name: &str) -> Result<bool, Error> {
        name::check(name).map_err(Error::Name)?;
        let place = self.path.join(file(name));
        let kind = self.files.kind(&place).map_err(Error::io("read", &place))?;
        Ok(kind.is_some())
    }
}

/// The title and the time that a text has.
fn said(text: &[u8]) -> Option<(String, String)> {
    lines(text).flatten().find_map(|line| match line.directive {
        Directive::Configuration {
            title, timestamp, ..
        } => Some((title.to_owned(), timestamp.to_owned())),
        _ => None,
    })
}

impl Locked {
    /// Saves a configuration under a name: `-s` with the text of the system file, `-i` with that of
    /// another one. `force` replaces one of that name.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// use std::time::Duration;
    ///
    /// use dlkm_config::{By, Root};
    ///
    /// let locked = Root::open(folder.path())?.lock(Duration::from_secs(5))?;
    /// let by = By::now("");
    /// locked.save("night", b"version 1\nmodule shm unused\n", false, &by)?;
    /// locked.set_title("night", "Without shared memory", &by)?;
    /// locked.rename("night", "quiet", false, &by)?;
    /// let saved = locked.saved()?;
    /// assert_eq!((&*saved[0].name, &*saved[0].title), ("quiet", "Without shared memory"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The name is none or is taken, the text is no system file, or the file can't be written.
    pub fn save(&self, name: &str, text: &[u8], force: bool, by: &By) -> Result<(), Error> {
        self.free(name, force)?;
        let title = said(text).map(|(title, _)| title).unwrap_or_default();
        let mut transaction = self.transaction();
        self.put(&mut transaction, name, text, &title, by)?;
        self.logged(transaction, name, ("", "saved"), by)
    }

    /// Copies one: `-c`. `dest` must not exist, or `force` replaces it.
    ///
    /// # Errors
    /// As [`save`](Self::save), or there is no `src`.
    pub fn copy(&self, src: &str, dest: &str, force: bool, by: &By) -> Result<(), Error> {
        let text = self.saved_text(src)?;
        self.free(dest, force)?;
        let title = said(&text).map(|(title, _)| title).unwrap_or_default();
        let mut transaction = self.transaction();
        self.put(&mut transaction, dest, &text, &title, by)?;
        self.logged(transaction, dest, ("", &format!("copied from {src}")), by)
    }

    /// Gives one another name: `-r`. `new` must not exist, or `force` replaces it.
    ///
    /// # Errors
    /// As [`copy`](Self::copy).
    pub fn rename(&self, old: &str, new: &str, force: bool, by: &By) -> Result<(), Error> {
        let text = self.saved_text(old)?;
        if old == new {
            return Ok(());
        }
        self.free(new, force)?;
        let title = said(&text).map(|(title, _)| title).unwrap_or_default();
        let mut transaction = self.transaction();
        self.put(&mut transaction, new, &text, &title, by)?;
        transaction.remove(&file(old));
        self.logged(transaction, new, (old, new), by)
    }

    /// Sets the title: `-t`.
    ///
    /// # Errors
    /// There is no such configuration, the title is too long or has a quotation mark, or the file
    /// can't be written.
    pub fn set_title(&self, name: &str, title: &str, by: &By) -> Result<(), Error> {
        let text = self.saved_text(name)?;
        let former = said(&text).map(|(title, _)| title).unwrap_or_default();
        if title.len() > limits::TITLE {
            let (what, limit) = ("title", limits::TITLE);
            return Err(Error::TooLong { what, limit });
        }
        if title.contains(|sign: char| sign == '"' || sign.is_control()) {
            return Err(Error::Title(title.to_owned()));
        }
        let mut transaction = self.transaction();
        self.put(&mut transaction, name, &text, title, by)?;
        self.logged(transaction, name, (&former, title), by)
    }

    /// Deletes one: `-d`.
    ///
    /// # Errors
    /// There is no such configuration, or it can't be removed.
    pub fn delete(&self, name: &str, by: &By) -> Result<(), Error> {
        if !self.is_saved(name)? {
            return self.saved_text(name).map(drop);
        }
        let mut transaction = self.transaction();
        transaction.remove(&file(name));
        self.logged(transaction, name, ("saved", ""), by)
    }

    /// Checks that a name may be written.
    fn free(&self, name: &str, force: bool) -> Result<(), Error> {
        match self.is_saved(name)? && !force {
            true => Err(Error::Exists(name.to_owned())),
            false => Ok(()),
        }
    }

    fn put(
        &self,
        transaction: &mut Transaction<'_>,
        name: &str,
        text: &[u8],
        title: &str,
        by: &By,
    ) -> Result<(), Error> {
        let text = configuration(text, name, title, by).map_err(self.edit_error(&file(name)))?;
        transaction.put(&file(name), text);
        Ok(())
    }

    fn logged(
        &self,
        mut transaction: Transaction<'_>,
        name: &str,
        (old, new): (&str, &str),
        by: &By,
    ) -> Result<(), Error> {
        let change = LogChange::new(Subject::Configuration, name, old, new);
        let entry = LogEntry::new(by, Some(name), vec![change]);
        append(self, &mut transaction, &entry)?;
        transaction.commit()
    }
}

impl Root {
    /// The system file as others can import it: `-e` without a name. Without a file it is that of
    /// the modules that are installed, each `best`.
    ///
    /// # Errors
    /// The system file can't be read.
    pub fn export(&self, inventory: &crate::inventory::Inventory) -> Result<Vec<u8>, Error> {
        match self.system_text()? {
            Some(text) => Ok(text),
            None => all_best(inventory)
                .finish()
                .map_err(self.edit_error(FILE_NAME)),
        }
    }
}
