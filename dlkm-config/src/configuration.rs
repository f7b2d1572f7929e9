//! The line `configuration` of a saved configuration.

use crate::by::By;
use crate::edit::{EditError, Editor};

/// The text with the line `configuration` of this name.
pub(crate) fn configuration(
    text: &[u8],
    name: &str,
    title: &str,
    by: &By,
) -> Result<Vec<u8>, EditError> {
    let mut editor = Editor::parse(text)?;
    editor.set_configuration(name, title, &by.timestamp());
    editor.finish()
}
