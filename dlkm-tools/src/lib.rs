//! Builds the modules of a dlkm workspace and installs them where a host looks for them.
//!
//! A *module crate* is an ordinary library crate with `#[module]` on an `impl`. Linked into the
//! host, it is a static module. This library builds the same source as a loadable *image* (a shared
//! object) and copies the image into a *module root*, the folder that a host loads modules from. The
//! command `cargo dlkm` is built on this library, and tests can use it to build their modules:
//!
//! ```no_run
//! # fn main() -> Result<(), dlkm_tools::Error> {
//! // The same as `cargo dlkm build` in this folder.
//! for module in dlkm_tools::Build::new(".").run()? {
//!     println!("{} {}: {}", module.module, module.version, module.file.display());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! To build one image, the library does no more than this, so another build system can do the same:
//!
//! ```text
//! cargo rustc -p PACKAGE --lib --crate-type cdylib -- --cfg dlkm_image
//! cp target/debug/libPACKAGE.so target/debug/modules/MODULE.so
//! ```

mod builder;
mod cargo;
mod error;
mod features;
mod follow;
mod header;
mod image;
mod install;
mod link;
mod modinfo;
mod module_root;
mod scan;
mod stubs;
#[doc(hidden)]
pub mod terminal;
mod workspace;

pub use builder::Build;
pub use error::Error;
pub use header::{HeaderError, c_caller_header, c_header};
pub use install::Installed;
pub use link::Linking;

/// The examples in the README are tested too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
