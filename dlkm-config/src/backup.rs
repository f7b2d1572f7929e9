//! Whether a change saves the former system file as the configuration `backup`.

use crate::error::Error;
use crate::root::Root;

/// The saved configuration that is kept automatically.
pub(crate) const NAME: &str = "backup";

/// The file that remembers the last choice: `backup yes` or `backup no`.
pub(crate) const FILE: &str = "behavior";

/// Its size, in bytes.
const SIZE: u64 = 256;

/// Whether a change saves the former system file as the configuration `backup`: the behaviors `yes`
/// and `no` of kconfig(5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backup {
    /// It does.
    #[default]
    Yes,
    /// It does not. An older backup stays.
    No,
}

impl Backup {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Backup::Yes => "yes",
            Backup::No => "no",
        }
    }

    /// The behavior of that word.
    pub fn of(word: &str) -> Option<Self> {
        [Backup::Yes, Backup::No]
            .into_iter()
            .find(|one| one.as_str() == word)
    }
}

impl Root {
    /// The behavior that the last change has chosen; `yes` if none has.
    ///
    /// kcmodule(1M), `-b`: the behavior "also becomes the default for later changes".
    ///
    /// # Errors
    /// The file with it can't be read.
    pub fn backup_behavior(&self) -> Result<Backup, Error> {
        let text = self.text(FILE, SIZE)?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let word = text.trim().strip_prefix("backup ");
        Ok(word.and_then(Backup::of).unwrap_or_default())
    }
}
