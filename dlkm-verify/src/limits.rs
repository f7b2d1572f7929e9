//! The limits of what is read to verify an image.

/// The size of `digests`, in bytes. 1,000 modules take about 100,000.
pub const DIGESTS: u64 = 4 << 20;

/// The size of a file with a signature, in bytes. minisign writes at most 9,500.
pub const SIGNATURE: u64 = 16 << 10;

/// The size of an image, in bytes. It is copied to memory before it is verified.
pub const IMAGE: u64 = 1 << 30;
