//! What an image must have to be trusted.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use minisign_verify::{Error, PublicKey, Signature};

use crate::digest::Digest;
use crate::doubt::Doubt;
use crate::records::{ImageRecord, RecordError, record_of};
use crate::{limits, os};

/// What an image must have to be trusted.
///
/// | | an image needs |
/// |---|---|
/// | without keys | a record with its digest |
/// | with keys | a valid signature by one of them; and its digest must be the recorded one, if there is a record |
///
/// ```
/// use dlkm_verify::{Digest, Doubt, ImageRecord, Trust};
///
/// let trust = Trust::new([])?;
/// let record = ImageRecord {
///     module: "shm".to_owned(),
///     version: "0.2.0".to_owned(),
///     digest: Digest::of(b"image"),
/// };
/// let records = Ok(vec![record]);
/// assert_eq!(trust.judge("shm", b"image", &records, None), Ok(()));
/// let doubt = trust.judge("shm", b"imago", &records, None).unwrap_err();
/// assert!(matches!(doubt, Doubt::Changed { .. }));
/// # Ok::<(), dlkm_verify::KeyError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Trust {
    keys: Vec<PublicKey>,
}

/// A text that is no public key of minisign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyError {
    /// The text.
    pub key: String,
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key: String = self.key.chars().take(80).collect();
        write!(
            f,
            "the key `{}` is not a public key of minisign, which is the second line of the file \
             `NAME.pub`",
            key.escape_debug()
        )
    }
}

impl std::error::Error for KeyError {}

impl Trust {
    /// In images that were signed with one of these keys, as lines `key` of the system file have them.
    ///
    /// # Errors
    /// The first text that is no public key.
    pub fn new<'a>(keys: impl IntoIterator<Item = &'a str>) -> Result<Self, KeyError> {
        let keys = keys.into_iter().map(|key| {
            PublicKey::from_base64(key).map_err(|_| {
                let key = key.to_owned();
                KeyError { key }
            })
        });
        keys.collect::<Result<_, _>>().map(|keys| Trust { keys })
    }

    /// Whether an image needs a signature.
    pub fn needs_signature(&self) -> bool {
        !self.keys.is_empty()
    }

    /// Judges the image of a module, which has these bytes: by the records of its module root, and by
    /// the bytes of the file with its signature, if there is one.
    ///
    /// # Errors
    /// Why it is not trusted.
    pub fn judge(
        &self,
        module: &str,
        image: &[u8],
        records: &Result<Vec<ImageRecord>, RecordError>,
        signature: Option<&[u8]>,
    ) -> Result<(), Doubt> {
        if self.needs_signature() {
            self.signed(image, signature.ok_or(Doubt::NotSigned)?)?;
        }
        let records = records.as_ref().map_err(|source| {
            let source = source.clone();
            Doubt::Records { source }
        })?;
        let Some(record) = record_of(records, module) else {
            return match self.needs_signature() {
                true => Ok(()),
                false => Err(Doubt::NotRecorded),
            };
        };
        let (recorded, found) = (record.digest, Digest::of(image));
        match recorded == found {
            true => Ok(()),
            false => Err(Doubt::Changed { recorded, found }),
        }
    }

    /// Whether one of the keys has signed the image.
    fn signed(&self, image: &[u8], signature: &[u8]) -> Result<(), Doubt> {
        let problem = |problem: &str| {
            let problem = problem.to_owned();
            Doubt::Signature { problem }
        };
        if signature.len() as u64 > limits::SIGNATURE {
            let most = limits::SIGNATURE;
            return Err(problem(&format!("it has more than {most} bytes")));
        }
        let text = std::str::from_utf8(signature).map_err(|_| problem("it is not text"))?;
        let signature = Signature::decode(text).map_err(|error| match error {
            Error::UnsupportedAlgorithm => problem("its algorithm is unknown"),
            _ => problem("it is cut short, or not one of minisign's"),
        })?;
        let mut doubt = Doubt::OtherKey;
        for key in &self.keys {
            // Signatures of the image itself, not of its hash, which minisign made before version
            // 0.6, are as good.
            match key.verify(image, &signature, true) {
                Ok(()) => return Ok(()),
                Err(Error::UnexpectedKeyId) => {}
                Err(_) => doubt = Doubt::BadSignature,
            }
        }
        Err(doubt)
    }
}

/// The name of the file with an image's signature, which is beside it: `NAME.so.minisig`.
pub fn signature_path(image: &Path) -> PathBuf {
    let mut name = image.as_os_str().to_owned();
    name.push(".minisig");
    name.into()
}

/// The bytes of the file with an image's signature; `None` if there is none.
///
/// # Errors
/// It can't be read, is no regular file, or has more than [`limits::SIGNATURE`] bytes.
pub fn read_signature(image: &Path) -> io::Result<Option<Vec<u8>>> {
    os::read(&signature_path(image), limits::SIGNATURE)
}

#[cfg(test)]
mod tests;
