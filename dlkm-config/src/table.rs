//! A file with one record on a line, as words: `registry`.

use crate::error::Error;
use crate::limits;
use crate::root::Root;

/// The records of a file, each from the words of its line. Empty lines are left out. A file that
/// does not exist has no records.
pub(crate) fn read<T>(
    root: &Root,
    name: &str,
    record: impl Fn(&[&str]) -> Result<T, String>,
) -> Result<Vec<T>, Error> {
    let text = root.text(name, limits::REGISTRY)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&text).into_owned();
    let mut records = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        records.push(record(&words).map_err(|problem| Error::Damaged {
            file: root.path.join(name),
            line: index + 1,
            problem,
        })?);
    }
    Ok(records)
}

/// Whether a text can be a word of a record.
pub(crate) fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.+[]:".contains(&byte);
    !text.is_empty() && text.len() <= dlkm_system::limits::NAME && text.bytes().all(fits)
}
