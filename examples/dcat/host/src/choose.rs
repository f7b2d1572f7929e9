//! Chooses the decoder of a file. No format is named here: the modules say what they recognize.

use std::io::Read;
use std::path::Path;

use dcat_api::codecsw::{self, Entry};
use dcat_api::{Answer, CodecError};
use dlkm_rt::SwitchError;

use crate::failure::Failure;
use crate::input::{self, Beginning};

/// How many of a file's first bytes all magic numbers together need.
pub(crate) fn longest_mark() -> Result<usize, SwitchError> {
    let entries = codecsw::entries()?;
    let marks = entries.iter().flat_map(|entry| entry.magics());
    Ok(marks.map(|magic| magic.needs()).max().unwrap_or(0))
}

/// The decoder for a file of this name that begins with `head`.
///
/// The magic numbers and the extensions name the candidates, which are asked one after the other. Most
/// often there is one, and so no other module is loaded.
pub(crate) fn decoder(
    path: &Path,
    head: &[u8],
    beginning: &mut Beginning<impl Read>,
) -> Result<Entry, Failure> {
    let mut candidates =
        codecsw::candidates(head, extension(path)).map_err(Failure::UnknownFormat)?;
    // Without a magic number, data can begin with that of another format (2,188 bytes as brotli begin like
    // gzip). So such a candidate, which is one by the file's name, goes before those by content.
    candidates.sort_by_key(|entry| !entry.magics().is_empty());
    let mut unclear = Vec::new();
    let mut failed = None;
    for entry in &candidates {
        match entry.probe(&mut beginning.again()) {
            Ok(Answer::Yes) => return Ok(*entry),
            Ok(Answer::No) => {}
            Ok(Answer::Unclear) => unclear.push(*entry),
            Err(CodecError::Read(text)) => {
                let error = beginning.take_error();
                return Err(Failure::Read(
                    error.unwrap_or_else(|| std::io::Error::other(text)),
                ));
            }
            // Another one may recognize the file.
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    if let Some(error) = failed {
        return Err(Failure::Decode {
            error,
            looks_like: None,
        });
    }
    // The name decides between formats that share their beginning.
    let named = unclear.iter().find(|entry| {
        let mut known = entry.extensions().iter();
        extension(path).is_some_and(|own| known.any(|known| known.eq_ignore_ascii_case(own)))
    });
    match (named, &unclear[..]) {
        (Some(one), _) | (None, [one]) => Ok(*one),
        // For no bytes and no name, this is the table's error, which lists its modules.
        (None, []) => codecsw::probe(&[], None).map_err(Failure::UnknownFormat),
        (None, several) => {
            let mut keys: Vec<_> = several.iter().map(key).collect();
            keys.sort_unstable();
            Err(Failure::Unclear(keys))
        }
    }
}

/// The key of the one format that a file which begins with `head` looks like, if it is not that of
/// `chosen`.
pub(crate) fn other_than(chosen: Entry, head: &[u8]) -> Option<&'static str> {
    let likely = codecsw::candidates(head, None).ok()?;
    let mut likely = likely
        .iter()
        .filter(|entry| matches!(entry.probe(&mut &*head), Ok(Answer::Yes)));
    let one = likely.next()?;
    (likely.next().is_none() && one.number() != chosen.number()).then(|| key(one))
}

fn extension(path: &Path) -> Option<&str> {
    match input::is_standard(path) {
        true => None,
        false => path.extension()?.to_str(),
    }
}

fn key(entry: &Entry) -> &'static str {
    entry.keys().first().map_or(entry.module(), |key| key)
}
