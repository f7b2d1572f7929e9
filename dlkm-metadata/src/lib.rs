//! What can be known about a module without running any of its code.
//!
//! An image has a note and a section of type [`SHT_MOD`] that point to its metadata, and a
//! section `dlkm_modinfo` with the metadata itself: `key=value` texts, each ended by a
//! NUL, so that common tools can show it (`readelf -p dlkm_modinfo gzip.so`). A static
//! module's wrapper points to the same text. The text is written at compile time ([`mod@write`]).
//! The runtime, `dlkm-rt`, reads it before it loads an image; tools need only this crate.
//!
//! | key | value |
//! |---|---|
//! | `format` | 2 |
//! | `name`, `version`, `kind`, `desc` | as declared; one each |
//! | `states` | the states the module supports, separated by spaces |
//! | `phases` | the phases in which it can be loaded, separated by spaces; left out for all |
//! | `critical` | `yes` if the host can't do without it; left out otherwise |
//! | `depends` | names of modules, separated by spaces |
//! | `require` | `module` or `interface`, its name, and the range of its versions, if any; one line for each dependency that says more than a module's name |
//! | `want` | `before` or `after`, and the name of a module that is loaded with this one, if it is there; one line each |
//! | `weak` | names of modules that must be there and are not loaded for this one, separated by spaces |
//! | `idle` | how many milliseconds it stays loaded without a call, at least 1; left out if it always stays |
//! | `stays-mapped` | the first function that stands in the way of unmapping the image after an unload, as `interface::function`, and what it does; left out if there is none |
//! | `tunable` | a tunable: its name, its type, `dynamic` if it may change while the module is loaded, `:`, its description; the four lines that follow belong to it |
//! | `default` | its value if nothing sets it |
//! | `min`, `max` | the least and the greatest value, if its author has given them |
//! | `choice` | a word that a tunable of type `choice` may be |
//! | `key` | by which it is found among the modules that provide a switch table's interface; one line each; without one, it is the module's name |
//! | `extension` | of names of files whose content it serves, without the dot; one line each |
//! | `magic` | bytes of data that it serves: see [`Magic`]; one line each |
//! | `interface` | name, class, ABI, version of its crate; the lines that follow belong to it |
//! | `switch` | `yes` if the interface before it is that of a switch table, which many modules provide |
//! | `export` | a function: name, hash of its type, `:`, its type |
//! | `type` | a user-defined type that the functions use: `struct`, `enum` or `trait`, then `size S align A`, `niche` and the `repr` if it has them, `:`, its name |
//! | `bounds` | the bounds of the generic parameters of the type before it, if it has any; see [`TypeInfo::bounds`] |
//! | `variant` | a variant of the enum before it: name, and the discriminant if it is known |
//! | `field` | a field of the type or variant before it: name, `at` its offset if it is known, `:`, its type. The fields of a trait are its supertraits and methods |
//! | `lifetimes` | which lifetimes of the field before it are the same, where its type does not show that; see [`FieldInfo::lifetimes`] |
//! | `rustc`, `commit`, `target`, `pointer`, `panic`, `runtime`, `sanitizer`, `flags`, `features` | how the image was built: see [`Build`] |
//!
//! Each tunable has a text of its own in the section `dlkm_modinfo`, before or behind that of the
//! module. A reader puts those of the tunables first.
//!
//! A reader ignores keys that it does not know. All texts consist of characters that show as
//! themselves: an image with a control character in one of them is refused, and so is one beyond
//! the [`limits`].
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

mod build_id;
mod build_record;
mod const_text;
mod declaration;
mod declared;
mod declared_tunable;
mod dependency;
mod difference;
mod dlopen_note;
mod dlopen_notes;
mod elf;
mod elf_types;
mod error;
mod fit;
mod functions;
mod interface;
mod libraries;
pub mod limits;
mod linking;
mod magic;
mod metadata;
mod moved;
mod noted;
#[doc(hidden)]
pub mod order;
mod os;
mod parse;
mod parts;
mod phase;
mod pieces;
mod read;
#[doc(hidden)]
mod sectioned;
pub mod small;
mod state;
mod texts;
mod tunable;
mod visible;
pub mod write;

pub use build_id::BuildId;
pub use build_record::{Build, BuildDifference};
pub use declaration::{Abi, Class};
pub use dependency::{Requirement, Want};
pub use difference::{Change, Differences};
pub use dlopen_notes::dlopen_notes;
pub use error::{BadMetadata, ReadError};
pub use interface::{Export, FieldInfo, InterfaceInfo, TypeInfo, TypeKind, VariantInfo};
pub use libraries::Libraries;
pub use magic::Magic;
pub use metadata::Metadata;
pub use phase::Phase;
pub use sectioned::SHT_MOD;
pub use state::ModuleState;
pub use tunable::{TunableInfo, TunableType};
pub use visible::{Quoted, is_hidden};

/// Compiles the example in the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests;
