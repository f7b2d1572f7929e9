//! Builds the modules of a dlkm workspace and installs them where a host finds them.
//!
//! A *module crate* is an ordinary library crate with `#[module]` on an `impl`. Linked into the
//! host it is a static module; this library builds the same source as a loadable *image* (a shared
//! object) and puts it into a *module root*, the folder a host loads from. It is what the `cargo
//! dlkm` command runs, and what a test calls that needs modules on disk:
//!
//! ```no_run
//! # fn main() -> Result<(), dlkm_tools::Error> {
//! // Everything below this folder's workspace, as `cargo dlkm build` there.
//! for module in dlkm_tools::Build::new(".").run()? {
//!     println!("{} {}: {}", module.module, module.version, module.file.display());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! One image is built by nothing more than this, so any other build system can do the same:
//!
//! ```text
//! cargo rustc -p PACKAGE --lib --crate-type cdylib -- --cfg dlkm_image
//! cp target/debug/libPACKAGE.so target/debug/modules/MODULE.so
//! ```

mod builder;
mod cargo;
mod error;
mod features;
mod header;
mod image;
mod modinfo;
mod root;
mod scan;
mod workspace;

pub use builder::{Build, Installed};
pub use error::Error;
pub use header::{HeaderError, c_header};
