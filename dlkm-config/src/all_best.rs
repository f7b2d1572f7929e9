//! The system file with the meaning of no file.

use dlkm_system::Choice;

use crate::edit::Editor;
use crate::inventory::Inventory;
use crate::spec::ModuleSpec;

/// A file in which each installed module is `best`, as without a file.
pub(crate) fn all_best(inventory: &Inventory) -> Editor {
    let mut editor = Editor::default();
    for module in inventory.modules() {
        editor.add_module(&ModuleSpec::new(&module.name, Choice::Best));
    }
    editor
}
