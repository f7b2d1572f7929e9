//! What can be known of a module without running any of its code.
//!
//! An image has a section of type [`SHT_MOD`] that says where its metadata stands, and a
//! section `.dlkm_modinfo` with the metadata itself: `key=value` texts, each ended by a
//! NUL, so that common tools can show it (`readelf -p .dlkm_modinfo gzip.so`). A static
//! module's wrapper points to the same text. The runtime, `dlkm-rt`, writes that text while it
//! compiles ([`write`]) and reads it before it loads an image; tools need this crate alone.
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
//! use dlkm_metadata::Metadata;
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
//! # Ok::<(), dlkm_metadata::BadMetadata>(())
//! ```

mod build_record;
mod const_text;
mod declaration;
mod declared;
mod difference;
mod elf;
mod error;
mod fit;
mod interface;
mod metadata;
mod os;
mod parse;
mod read;
mod state;
mod texts;
pub mod write;

pub use build_record::{Build, BuildDifference};
pub use declaration::{Abi, Class};
pub use difference::{Change, Differences};
pub use elf::SHT_MOD;
pub use error::{BadMetadata, ReadError};
pub use interface::{Export, FieldInfo, InterfaceInfo, TypeInfo, TypeKind, VariantInfo};
pub use metadata::Metadata;
pub use state::ModuleState;

/// Compiles the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests;
