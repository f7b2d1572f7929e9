//! What can be known of a module without running any of its code.
//!
//! An image has a section of type [`SHT_MOD`] that says where its metadata stands, and a
//! section `.dlkm_modinfo` with the metadata itself: `key=value` texts, each ended by a
//! NUL, so that common tools can show it (`readelf -p .dlkm_modinfo gzip.so`). A static
//! module's wrapper points to the same text.
//!
//! | key | value |
//! |---|---|
//! | `format` | 2 |
//! | `name`, `version`, `kind`, `desc` | as declared; one each |
//! | `states` | those the module supports, separated by blanks |
//! | `depends` | names of modules, separated by blanks |
//! | `idle` | how many milliseconds it stays while nobody calls it, at least 1; left out where it stays |
//! | `interface` | name, class, ABI, version of its crate; what follows is of it |
//! | `export` | a function: name, hash of its type, `:`, its type |
//! | `type` | a type of an author's own that they use: `struct`, `enum` or `trait`, then `size S align A`, `niche` and the `repr` where there are such, `:`, its name |
//! | `variant` | of the enum before it: name, and the discriminant if it is known |
//! | `field` | of the type or variant before it: name, `at` its offset if it is known, `:`, its type. Those of a trait are its methods |
//! | `rustc`, `commit`, `target`, `pointer`, `panic`, `runtime`, `sanitizer`, `flags`, `features` | what built the image: see [`Build`] |
//!
//! ```
//! use dlkm_rt::metadata::Metadata;
//!
//! let text = b"format=2\0name=shm\0version=0.1.0\0kind=misc\0desc=Shared memory\0\
//!     states=auto static\0depends=\0interface=shm unloadable Rust 0.1.0\0\
//!     export=shmexit 0123456789abcdef: fn(Pid)\0\
//!     type=struct size 4 align 4: Pid\0field=0 at 0: u32\0\
//!     rustc=1.95.0\0commit=unknown\0target=x86_64-unknown-linux-gnu\0pointer=64\0\
//!     panic=unwind\0runtime=0.1.0\0sanitizer=\0flags=\0features=fxsr sse sse2\0";
//! let metadata = Metadata::parse(text)?;
//! assert_eq!(metadata.name(), "shm");
//! let shm = metadata.interface("shm").expect("provided");
//! assert_eq!(shm.exports()[0].signature(), "fn(Pid)");
//! assert_eq!(shm.types()[0].fields()[0].ty(), "u32");
//! # Ok::<(), dlkm_rt::metadata::BadMetadata>(())
//! ```

mod build;
mod declared;
mod difference;
mod elf;
mod fit;
mod interface;
mod parse;
pub(crate) mod text;
mod texts;

use std::fmt;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use crate::primitive::Arc;

pub use crate::declaration::Abi;
pub use build::Build;
pub use difference::{Change, Differences};
pub use elf::{ReadError, SHT_MOD};
pub use interface::{Export, FieldInfo, InterfaceInfo, TypeInfo, TypeKind, VariantInfo};

/// A module's metadata. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Metadata(Arc<Content>);

#[derive(Debug)]
struct Content {
    text: Box<str>,
    name: Range<usize>,
    version: Range<usize>,
    kind: Range<usize>,
    desc: Range<usize>,
    states: Vec<String>,
    depends: Vec<String>,
    idle: Option<Duration>,
    interfaces: Vec<InterfaceInfo>,
    build: Build,
}

/// What has the same text is the same.
impl PartialEq for Metadata {
    fn eq(&self, other: &Self) -> bool {
        self.0.text == other.0.text
    }
}

impl Eq for Metadata {}

impl Metadata {
    /// Reads the metadata of the image `file`, running none of its code.
    ///
    /// # Errors
    /// The file can't be read, is no whole ELF image, or has no readable metadata.
    pub fn read(file: &Path) -> Result<Self, ReadError> {
        File::open(file)
            .map_err(ReadError::Io)
            .and_then(|file| Self::read_open(&file))
    }

    /// As [`read`](Self::read), from a file that is open.
    pub(crate) fn read_open(file: &File) -> Result<Self, ReadError> {
        elf::read(file)
    }

    /// Takes metadata text apart.
    ///
    /// # Errors
    /// A line without `=`, a missing or repeated key, a format other than 2, a line in
    /// the wrong place or that can't be read.
    pub fn parse(text: &[u8]) -> Result<Self, BadMetadata> {
        parse::metadata(text.to_owned())
    }

    /// Whether this was read from exactly that text.
    pub(crate) fn is(&self, text: &[u8]) -> bool {
        self.0.text.as_bytes() == text
    }

    /// The names of the interfaces that the module provides.
    pub(crate) fn interface_names(&self) -> Vec<&str> {
        self.interfaces().iter().map(|one| one.name()).collect()
    }

    /// The module's name.
    pub fn name(&self) -> &str {
        &self.0.text[self.0.name.clone()]
    }

    /// The module's version.
    pub fn version(&self) -> &str {
        &self.0.text[self.0.version.clone()]
    }

    /// What sort of module it is: `misc`, `codec`, …
    pub fn kind(&self) -> &str {
        &self.0.text[self.0.kind.clone()]
    }

    /// The description its author gave; may be empty.
    pub fn desc(&self) -> &str {
        &self.0.text[self.0.desc.clone()]
    }

    /// The states it supports, of `auto`, `loaded` and `static`.
    pub fn states(&self) -> &[String] {
        &self.0.states
    }

    /// Whether it supports `state`.
    pub fn supports(&self, state: &str) -> bool {
        self.0.states.iter().any(|one| one == state)
    }

    /// The names of the modules that must be loaded before it.
    pub fn depends(&self) -> &[String] {
        &self.0.depends
    }

    /// How long it stays loaded while nobody calls it, where the host
    /// [reaps](crate::Kernel::reap); `None`: for good.
    pub fn idle(&self) -> Option<Duration> {
        self.0.idle
    }

    /// What it provides.
    pub fn interfaces(&self) -> &[InterfaceInfo] {
        &self.0.interfaces
    }

    /// The interface of that name, if it provides it.
    pub fn interface(&self, name: &str) -> Option<&InterfaceInfo> {
        self.0
            .interfaces
            .iter()
            .find(|interface| interface.name() == name)
    }

    /// What built it.
    pub fn build(&self) -> &Build {
        &self.0.build
    }
}

/// Metadata text that does not follow the format; says where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadMetadata(String);

impl fmt::Display for BadMetadata {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadMetadata {}

#[cfg(test)]
mod tests;
