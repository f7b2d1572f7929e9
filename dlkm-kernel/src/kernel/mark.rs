//! Keeps other threads from changing a module that serves.

use super::control::Control;

/// Keeps other threads from unloading, upgrading or tuning the module during an upgrade or a change
/// of a tunable.
pub(super) struct Mark<'a> {
    pub(super) control: &'a Control,
    pub(super) module: &'a str,
}

impl Drop for Mark<'_> {
    fn drop(&mut self) {
        let mut table = self.control.lock();
        table.record(self.module).upgrading = None;
        self.control.changed(&table);
    }
}
