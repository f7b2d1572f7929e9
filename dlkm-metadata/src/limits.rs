//! How much of an image is read: an image that claims more is refused, in bounded time and memory.

/// The metadata text, in bytes.
pub(crate) const TEXT: u64 = 16 << 20;
/// Program headers.
pub(crate) const SEGMENTS: usize = 256;
/// Entries of the dynamic section.
pub(crate) const DYNAMIC: usize = 4096;
/// Libraries and versions that an image needs, and versions that it has.
pub(crate) const VERSIONS: u32 = 4096;
/// The name of a library or a version, in bytes.
pub(crate) const NAME: usize = 4096;
/// Each of the tables of symbols, strings, versions and hashes, in bytes.
pub(crate) const TABLE: u64 = 64 << 20;
/// Relocations, in bytes; they are read in parts.
pub(crate) const RELOCATIONS: u64 = 1 << 30;
/// The address space of an image.
pub(crate) const SPAN: u64 = 1 << 40;
/// The thread-local data of an image, for each thread.
pub(crate) const THREAD_LOCAL: u64 = 64 << 20;
