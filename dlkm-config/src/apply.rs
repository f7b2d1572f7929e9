//! Carries out a plan, with the backup and the log.

use dlkm_system::FILE_NAME;

use crate::backup::{self, Backup};
use crate::by::By;
use crate::configuration::configuration;
use crate::error::Error;
use crate::lock::Locked;
use crate::log::{LogChange, LogEntry};
use crate::log_files::append;
use crate::plan::Plan;
use crate::planned::Subject;
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
        let mut transaction = self.transaction();
        let changes = self.add_plan(&mut transaction, plan, by, backup)?;
        if let Some(changes) = &changes {
            let entry = LogEntry::new(by, None, changes.clone());
            append(self, &mut transaction, &entry)?;
        }
        transaction.commit()?;
        Ok(changes.is_some())
    }

    /// Adds a plan and the backup to a transaction. Returns the changes for the log; `None` if the file
    /// does not change.
    pub(crate) fn add_plan(
        &self,
        transaction: &mut Transaction<'_>,
        plan: &Plan,
        by: &By,
        backup: Option<Backup>,
    ) -> Result<Option<Vec<LogChange>>, Error> {
        self.unchanged(FILE_NAME, self.system_text()?.as_deref(), plan)?;
        let former = self.backup_behavior()?;
        let behavior = backup.unwrap_or(former);
        if behavior != former {
            let text = format!("backup {}\n", behavior.as_str());
            transaction.put(backup::FILE, text.into_bytes());
        }
        if !plan.changes_text() {
            return Ok(None);
        }
        if behavior == Backup::Yes {
            // A damaged file, which this replaces, is kept as it is.
            let text = configuration(&plan.begun, backup::NAME, "Before the last change", by)
                .unwrap_or_else(|_| plan.begun.clone());
            transaction.put(&saved::file(backup::NAME), text);
        }
        transaction.put(FILE_NAME, plan.text.clone());
        Ok(Some(logged(plan)))
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
        let entry = LogEntry::new(by, Some(name), logged(plan));
        append(self, &mut transaction, &entry)?;
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

/// The changes for the log, without those that follow from expressions.
fn logged(plan: &Plan) -> Vec<LogChange> {
    let changes = plan.changes().iter().filter(|one| !one.indirect);
    let mut changes: Vec<LogChange> = changes.map(Into::into).collect();
    if changes.is_empty() {
        // Comments, or a line that means the same as none.
        let (old, new) = ("", "other lines");
        changes.push(LogChange::new(Subject::Configuration, FILE_NAME, old, new));
    }
    changes
}
