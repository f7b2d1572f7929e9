//! The limits of what is read from files. Each keeps the work of a reader small and bounded,
//! whatever a file claims, and is far above what a real module needs. An image beyond a limit is
//! refused with an error that names the limit.

/// The size of a module's metadata, in bytes. An interface of 1,000 functions needs about 100,000.
pub const METADATA: u64 = 1 << 20;

/// The segments of an image. Linkers write about ten.
pub const SEGMENTS: usize = 256;

/// The entries of an image's dynamic section. A usual image has about 30.
pub const DYNAMIC: usize = 4096;

/// The libraries and versions that an image needs, and the versions that it has.
pub const VERSIONS: u32 = 4096;

/// The length of the name of a library or of a version, in bytes.
pub const LIBRARY_NAME: usize = 4096;

/// The size of each of an image's tables of symbols, strings, versions and hashes, in bytes.
pub const TABLE: u64 = 64 << 20;

/// The size of an image's relocations, in bytes; they are read in parts.
pub const RELOCATIONS: u64 = 1 << 30;

/// The address space of an image, in bytes.
pub const SPAN: u64 = 1 << 40;

/// The thread-local data of an image, in bytes for each thread.
pub const THREAD_LOCAL: u64 = 64 << 20;

/// The size of the names of an image's sections, in bytes. A usual image needs about 300.
pub const SECTION_NAMES: u64 = 1 << 16;

/// The size of an ELF file's notes, in bytes. A usual program has less than 1,000, and about 200 more
/// for each interface.
pub const NOTES: u64 = 1 << 20;

/// The interfaces that a module provides.
pub const INTERFACES: usize = 256;

/// The length of the name of an interface or of a type, in bytes. A reader repeats it: in a C header,
/// before each function and each variant.
pub const IDENTIFIER: usize = 512;

/// The functions of an interface.
pub const FUNCTIONS: usize = 4096;

/// The types that the functions of an interface use.
pub const TYPES: usize = 1024;

/// The variants of an enum, the fields of a struct or of a variant, and the methods of a trait.
pub const MEMBERS: usize = 4096;

/// The modules that a module depends on.
pub const DEPENDS: usize = 256;

/// How many modules may need each other one by one. Each is loaded inside the load of the one before.
pub const CHAIN: usize = 64;

/// The keys, the extensions and the magic numbers of a module.
pub const KEYS: usize = 256;

/// The length of a magic number, in bytes.
pub const MAGIC: usize = 64;

/// Where a magic number may begin, in bytes. That of an ISO 9660 file system is at 32,769.
pub const MAGIC_OFFSET: usize = 1 << 17;

/// The tunables of a module, and the words of one.
pub const TUNABLES: usize = 4096;

/// How deep the brackets, pointers and references of one type are nested, for a reader that takes a
/// type's text apart and recurses: `dlkm header`. Without optimisation, a parser of Rust needs up to
/// 32 kB of the stack for each level.
pub const NESTING: usize = 32;

/// The characters of a text from a file that an error message quotes.
pub const QUOTED: usize = 120;

/// How many steps [`InterfaceInfo::differences`](crate::InterfaceInfo::differences) takes at most
/// to find the causes. A step is about one comparison of two characters, so all of them take less
/// than a second.
pub const COMPARISON: usize = 50_000_000;
