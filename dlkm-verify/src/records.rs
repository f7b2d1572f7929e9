//! What is recorded of installed images: the file `digests`, with a line
//! `sha256 DIGEST MODULE VERSION` for each.

use std::fmt;
use std::io;
use std::path::Path;

use dlkm_system::same_name;

use crate::digest::Digest;
use crate::{limits, os};

/// The file's name in a module root.
pub const DIGESTS: &str = "digests";

/// The record of an installed image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageRecord {
    /// The module.
    pub module: String,
    /// Its version.
    pub version: String,
    /// The digest of its image.
    pub digest: Digest,
}

/// As a line of `digests`.
impl fmt::Display for ImageRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ImageRecord {
            module,
            version,
            digest,
        } = self;
        write!(f, "sha256 {digest} {module} {version}")
    }
}

/// A line of `digests` that can't be understood. None of the file counts: one that was written by
/// halves would have other records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, and what to do.
    pub problem: String,
}

impl fmt::Display for RecordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for RecordError {}

/// The records in the text of `digests`, in the order of the lines.
///
/// ```
/// let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
/// let records = dlkm_verify::records(format!("sha256 {empty} shm 0.2.0\n").as_bytes())?;
/// assert_eq!(records[0].module, "shm");
/// # Ok::<(), dlkm_verify::RecordError>(())
/// ```
///
/// # Errors
/// The first line that can't be understood.
pub fn records(text: &[u8]) -> Result<Vec<ImageRecord>, RecordError> {
    let text = String::from_utf8_lossy(text);
    let mut records = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.is_empty() {
            continue;
        }
        let record = record(&words).map_err(|problem| RecordError {
            line: index + 1,
            problem,
        });
        records.push(record?);
    }
    Ok(records)
}

fn record(words: &[&str]) -> Result<ImageRecord, String> {
    let wrong = "a line is `sha256 DIGEST MODULE VERSION`; correct it, or remove the line and \
        install the module again";
    match words {
        ["sha256", digest, module, version] => Ok(ImageRecord {
            module: (*module).to_owned(),
            version: (*version).to_owned(),
            digest: digest
                .parse()
                .map_err(|error| format!("{error}; {wrong}"))?,
        }),
        _ => Err(wrong.to_owned()),
    }
}

/// The record of a module: of several, the last one. `-` and `_` in its name count as one.
pub fn record_of<'a>(records: &'a [ImageRecord], module: &str) -> Option<&'a ImageRecord> {
    let mut all = records.iter();
    all.rfind(|one| same_name(&one.module, module))
}

/// The bytes of the file `digests` in a module root; none if it does not exist.
///
/// # Errors
/// It can't be read, is no regular file, or has more than [`limits::DIGESTS`] bytes.
pub fn read_digests(root: &Path) -> io::Result<Vec<u8>> {
    os::read(&root.join(DIGESTS), limits::DIGESTS).map(Option::unwrap_or_default)
}
