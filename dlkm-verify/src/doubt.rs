//! Why an image is not trusted.

use std::fmt;

use crate::digest::Digest;
use crate::records::RecordError;

/// Why an image is not trusted. The text goes after the name of the module or file, and says what to
/// do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Doubt {
    /// Nothing is recorded of it.
    NotRecorded,
    /// It is another image than the one that was recorded.
    #[allow(missing_docs)]
    Changed { recorded: Digest, found: Digest },
    /// The records can't be used.
    #[allow(missing_docs)]
    Records { source: RecordError },
    /// There are keys, and it has no signature.
    NotSigned,
    /// Its signature can't be used. The text says why.
    #[allow(missing_docs)]
    Signature { problem: String },
    /// Its signature is by another key.
    OtherKey,
    /// Its signature is that of other bytes, or was changed.
    BadSignature,
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Doubt::NotRecorded => f.write_str("is not recorded; install it with `dlkm install`"),
            Doubt::Changed { recorded, found } => write!(
                f,
                "has been changed since it was installed: its SHA-256 digest is {found}, not \
                 {recorded}; install it again"
            ),
            Doubt::Records { source } => {
                write!(
                    f,
                    "can't be compared with its record in `digests`, {source}"
                )
            }
            Doubt::NotSigned => f.write_str(
                "has no signature, and the system file has keys; sign it with `dlkm sign`, and \
                 install it again",
            ),
            Doubt::Signature { problem } => write!(
                f,
                "has a signature that can't be used: {problem}; sign it with `dlkm sign`, and \
                 install it again"
            ),
            Doubt::OtherKey => f.write_str(
                "is signed with a key that the system file does not have; add the public key with \
                 `dlkm config key` if you trust it",
            ),
            Doubt::BadSignature => f.write_str(
                "is not what was signed: its signature is that of other bytes; install image and \
                 signature again, from a source that you trust",
            ),
        }
    }
}

impl std::error::Error for Doubt {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Doubt::Records { source } => Some(source),
            _ => None,
        }
    }
}
