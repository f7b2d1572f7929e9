//! Whether the image of a module is the one that was installed, and whose signature it has.
//!
//! `dlkm install` records the SHA-256 digest of each image in the file `digests` of the module root.
//! `dlkm sign` signs images as [minisign](https://jedisct1.github.io/minisign/) does; the signature is
//! in the file `NAME.so.minisig`, beside the image. With `verify warn` or `verify enforce` in the system
//! file, a kernel whose `dlkm-rt` has the feature `verify` judges each image that it loads, and so does
//! `dlkm check`: both by [`Trust::judge`].
#![forbid(unsafe_code)]

mod digest;
mod doubt;
pub mod limits;
mod os;
mod records;
mod trust;

pub use digest::{Digest, NoDigest};
pub use doubt::Doubt;
pub use records::{DIGESTS, ImageRecord, RecordError, read_digests, record_of, records};
pub use trust::{KeyError, Trust, read_signature, signature_path};
