//! The limits of the files in a module root beside `system`.

/// The size of `log`, in bytes. A longer one becomes `log.1`, in place of the one before.
pub const LOG: usize = 256 << 10;

/// The length of a comment in the log, in bytes.
pub const COMMENT: usize = 4096;

/// The size of `registry`, in bytes.
pub const REGISTRY: u64 = 4 << 20;

/// The size of `search`, in bytes.
pub const SEARCH: u64 = 64 << 10;

/// The length of a saved configuration's name, as on HP-UX.
pub const CONFIGURATION_NAME: usize = 32;

/// The length of a saved configuration's title, in bytes.
pub const TITLE: usize = 256;
