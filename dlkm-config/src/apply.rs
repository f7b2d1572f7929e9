//! Writes what a plan has found, with the backup and the log.

use dlkm_system::FILE_NAME;

use crate::backup::{self, Backup};
use crate::by::By;
use crate::configuration::configuration;
use crate::error::Error;
use crate::lock::Locked;
use crate::log::LogEntry;
use crate::log_files::append;
use crate::plan::Plan;
use crate::root::Root;
use crate::saved;
use crate::transaction::Transaction;

impl Locked {
    /// Changes the system file as a plan says. The backup and the entry in the log belong to the
    /// change: after a crash, all of them are there, or none. Says whether anything has changed.
    ///
    /// `backup` of `None` means the behavior that was chosen last.
    ///
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// use std::time::Duration;
    ///
    /// use dlkm_config::{By, Change, Inventory, Plan, PlanOptions, Root};
    /// use dlkm_system::Verify;
    ///
    /// let locked = Root::open(folder.path())?.lock(Duration::from_secs(5))?;
    /// let (text, inventory) = (locked.system_text()?, Inventory::read(&locked)?);
    /// let changes = [Change::Verify(Verify::Warn)];
    /// let plan = Plan::new(text.as_deref(), &inventory, &changes, PlanOptions::default()).unwrap();
    /// locked.apply(&plan, &By::now("Compare from now on."), None)?;
    /// assert_eq!(locked.system_text()?.unwrap(), b"version 1\nverify warn\n");
    /// assert_eq!(locked.log()?.entries().len(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// The file is not the one that the plan was made for, or can't be written.
    pub fn apply(&self, plan: &Plan, by: &By, backup: Option<Backup>) -> Result<bool, Error> {
        self.unchanged(FILE_NAME, self.system_text()?.as_deref(), plan)?;
        let mut transaction = self.transaction();
        let former = self.backup_behavior()?;
        let behavior = backup.unwrap_or(former);
        if behavior != former {
            let text = format!("backup {}\n", behavior.as_str());
            transaction.put(backup::FILE, text.into_bytes());
        }
        let changed = plan.changes_text();
        if changed {
            if behavior == Backup::Yes {
                // A damaged file, which this replaces, is kept as it is.
                let text = configuration(&plan.begun, backup::NAME, "Before the last change", by)
                    .unwrap_or_else(|_| plan.begun.clone());
                transaction.put(&saved::file(backup::NAME), text);
            }
            transaction.put(FILE_NAME, plan.text.clone());
            log(self, &mut transaction, plan, None, by)?;
        }
        transaction.commit()?;
        Ok(changed)
    }

    /// Changes a saved configuration as a plan says, which was made for its text. Says whether
    /// anything has changed.
    ///
    /// # Errors
    /// There is no such configuration, it is not the one that the plan was made for, or it can't be
    /// written.
    pub fn apply_to(&self, name: &str, plan: &Plan, by: &By) -> Result<bool, Error> {
        let file = saved::file(name);
        self.unchanged(&file, Some(&self.saved_text(name)?), plan)?;
        if !plan.changes_text() {
            return Ok(false);
        }
        let mut transaction = self.transaction();
        transaction.put(&file, plan.text.clone());
        log(self, &mut transaction, plan, Some(name), by)?;
        transaction.commit()?;
        Ok(true)
    }

    fn unchanged(&self, name: &str, text: Option<&[u8]>, plan: &Plan) -> Result<(), Error> {
        match text == plan.before.as_deref() {
            true => Ok(()),
            false => Err(Error::Changed(self.path().join(name))),
        }
    }
}

fn log(
    root: &Root,
    transaction: &mut Transaction<'_>,
    plan: &Plan,
    name: Option<&str>,
    by: &By,
) -> Result<(), Error> {
    // What changes through an expression is not said by this change.
    let changes = plan.changes().iter().filter(|one| !one.indirect);
    let entry = LogEntry::new(by, name, changes.map(Into::into).collect());
    append(root, transaction, &entry)
}
