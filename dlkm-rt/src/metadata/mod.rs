//! What can be known of a module without running any of its code.
//!
//! An image has a section of type [`SHT_MOD`] that says where its metadata stands, and a
//! section `.dlkm_modinfo` with the metadata itself: `key=value` texts, each ended by a
//! NUL, so that common tools can show it (`readelf -p .dlkm_modinfo gzip.so`). A static
//! module's wrapper points to the same text.
//!
//! | key | value |
//! |---|---|
//! | `format` | 1 |
//! | `name`, `version`, `kind`, `desc` | as declared; one each |
//! | `states` | those the module supports, separated by blanks |
//! | `depends` | names of modules, separated by blanks |
//! | `interface` | name and class; the `export`s that follow are of it |
//! | `export` | a function's name, a blank, its signature |
//! | `rustc`, `target`, `panic`, `runtime` | what built the image |
//!
//! ```
//! use dlkm_rt::metadata::Metadata;
//!
//! let text = b"format=2\0name=shm\0version=0.1.0\0kind=misc\0desc=Shared memory\0\
//!     states=auto static\0depends=\0interface=shm unloadable Rust 0.1.0\0\
//!     export=shmexit 0123456789abcdef: fn(u32)\0\
//!     rustc=1.95.0\0target=x86_64-unknown-linux-gnu\0panic=unwind\0runtime=0.1.0\0";
//! let metadata = Metadata::parse(text)?;
//! assert_eq!(metadata.name(), "shm");
//! assert_eq!(metadata.interfaces()[0].exports()[0].signature(), "fn(u32)");
//! # Ok::<(), dlkm_rt::metadata::BadMetadata>(())
//! ```

mod build;
mod elf;
pub(crate) mod text;

use std::fmt;
use std::path::Path;

use crate::declaration::{Abi, Class, Declaration};

pub use build::Build;
pub use elf::{ReadError, SHT_MOD};

/// A module's metadata.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metadata {
    name: String,
    version: String,
    kind: String,
    desc: String,
    states: Vec<String>,
    depends: Vec<String>,
    interfaces: Vec<InterfaceInfo>,
    build: Build,
}

/// One interface that a module provides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterfaceInfo {
    name: String,
    class: Class,
    abi: Abi,
    version: String,
    exports: Vec<Export>,
}

/// One function that a module provides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    name: String,
    hash: u64,
    signature: String,
}

impl Metadata {
    /// Reads the metadata of the image `file`, running none of its code.
    ///
    /// # Errors
    /// The file can't be read, is no whole ELF image, or has no readable metadata.
    pub fn read(file: &Path) -> Result<Self, ReadError> {
        elf::read(file)
    }

    /// Takes metadata text apart.
    ///
    /// # Errors
    /// A line without `=`, a missing or repeated key, a format other than 1.
    pub fn parse(text: &[u8]) -> Result<Self, BadMetadata> {
        Parser::default().parse(text)
    }

    /// The module's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The module's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What sort of module it is: `misc`, `codec`, …
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The description its author gave; may be empty.
    pub fn desc(&self) -> &str {
        &self.desc
    }

    /// The states it supports, of `auto`, `loaded` and `static`.
    pub fn states(&self) -> &[String] {
        &self.states
    }

    /// Whether it supports `state`.
    pub fn supports(&self, state: &str) -> bool {
        self.states.iter().any(|one| one == state)
    }

    /// The names of the modules that must be loaded before it.
    pub fn depends(&self) -> &[String] {
        &self.depends
    }

    /// What it provides.
    pub fn interfaces(&self) -> &[InterfaceInfo] {
        &self.interfaces
    }

    /// The interface of that name, if it provides it.
    pub fn interface(&self, name: &str) -> Option<&InterfaceInfo> {
        self.interfaces
            .iter()
            .find(|interface| interface.name == name)
    }

    /// What built it.
    pub fn build(&self) -> &Build {
        &self.build
    }
}

impl InterfaceInfo {
    /// The interface's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it allows the module to be unloaded.
    pub fn class(&self) -> Class {
        self.class
    }

    /// How its functions are called.
    pub fn abi(&self) -> Abi {
        self.abi
    }

    /// The version of the crate that declares it.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The functions, in the interface's order.
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// Where the functions of `declaration` stand in [`exports`](Self::exports), or what
    /// differs: one sentence for each function that is missing or of another type.
    pub(crate) fn positions(&self, declaration: &Declaration) -> Result<Vec<usize>, Vec<String>> {
        let mut positions = Vec::with_capacity(declaration.functions.len());
        let mut differences = Vec::new();
        for wanted in declaration.functions {
            let name = wanted.name;
            let found = self.exports.iter().position(|export| export.name == name);
            match found {
                None => differences.push(format!("`{name}` is missing")),
                Some(at) if self.exports[at].hash != wanted.hash => {
                    let theirs = &self.exports[at].signature;
                    differences.push(format!("`{name}` is another `{theirs}`"));
                }
                Some(at) => positions.push(at),
            }
        }
        if differences.is_empty() {
            Ok(positions)
        } else {
            Err(differences)
        }
    }
}

impl Export {
    /// The function's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A hash of its type, down to the layout of each type in it.
    pub fn hash(&self) -> u64 {
        self.hash
    }

    /// Its type, as source text.
    pub fn signature(&self) -> &str {
        &self.signature
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

/// The keys that stand once, as they come by.
#[derive(Default)]
struct Parser {
    single: Vec<(String, String)>,
    interfaces: Vec<InterfaceInfo>,
}

impl Parser {
    fn parse(mut self, text: &[u8]) -> Result<Metadata, BadMetadata> {
        let text = std::str::from_utf8(text)
            .map_err(|error| BadMetadata(format!("the metadata is not UTF-8: {error}")))?;
        for line in text.split('\0').filter(|line| !line.is_empty()) {
            let (key, value) = line
                .split_once('=')
                .ok_or_else(|| BadMetadata(format!("`{line}` is no `key=value`")))?;
            self.line(key, value)?;
        }
        let format = self.take("format")?;
        if format != text::FORMAT {
            let known = text::FORMAT;
            return Err(BadMetadata(format!(
                "format {format} is unknown; known is {known}"
            )));
        }
        let words = |text: String| text.split_whitespace().map(str::to_owned).collect();
        Ok(Metadata {
            name: self.take("name")?,
            version: self.take("version")?,
            kind: self.take("kind")?,
            desc: self.take("desc")?,
            states: self.take("states").map(words)?,
            depends: self.take("depends").map(words)?,
            build: Build {
                rustc: self.take("rustc")?,
                target: self.take("target")?,
                panic: self.take("panic")?,
                runtime: self.take("runtime")?,
            },
            interfaces: self.interfaces,
        })
    }

    fn line(&mut self, key: &str, value: &str) -> Result<(), BadMetadata> {
        match key {
            "interface" => {
                let mut words = value.split(' ');
                let name = words.next().unwrap_or_default().to_owned();
                let word = words.next().unwrap_or_default();
                let class = [Class::LoadOnly, Class::Unloadable]
                    .into_iter()
                    .find(|known| known.as_str() == word)
                    .ok_or_else(|| BadMetadata(format!("interface `{name}` has no known class")))?;
                let word = words.next().unwrap_or_default();
                let abi = [Abi::Rust, Abi::C]
                    .into_iter()
                    .find(|known| known.as_str() == word)
                    .ok_or_else(|| BadMetadata(format!("interface `{name}` has no known ABI")))?;
                self.interfaces.push(InterfaceInfo {
                    name,
                    class,
                    abi,
                    version: words.next().unwrap_or_default().to_owned(),
                    exports: Vec::new(),
                });
            }
            "export" => {
                let (head, signature) = value
                    .split_once(": ")
                    .ok_or_else(|| BadMetadata(format!("export `{value}` has no signature")))?;
                let (name, hash) = head.split_once(' ').unwrap_or((head, ""));
                let hash = u64::from_str_radix(hash, 16)
                    .map_err(|_| BadMetadata(format!("export `{name}` has no hash")))?;
                let interface = self.interfaces.last_mut().ok_or_else(|| {
                    BadMetadata(format!("export `{name}` stands before any interface"))
                })?;
                interface.exports.push(Export {
                    name: name.to_owned(),
                    hash,
                    signature: signature.to_owned(),
                });
            }
            "type" | "variant" | "field" => {}
            // Later formats may add keys; those that decide will raise `format`.
            _ => {
                if self.single.iter().any(|(known, _)| known == key) {
                    return Err(BadMetadata(format!("the key `{key}` stands there twice")));
                }
                self.single.push((key.to_owned(), value.to_owned()));
            }
        }
        Ok(())
    }

    fn take(&mut self, key: &str) -> Result<String, BadMetadata> {
        self.single
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value.clone())
            .ok_or_else(|| BadMetadata(format!("the key `{key}` is missing")))
    }
}

#[cfg(test)]
mod tests;
