//! A crate's source: its modules, what each declares, and which file uses which.
//!
//! The crate resolves names as rustc does, as far as files need it: `use` with aliases, groups and
//! globs, re-exports, `#[path]`, inline modules, exported macros. A use counts for the file that
//! *defines* the name, not for a `mod.rs` or `lib.rs` that re-exports it. Three things do not count:
//! code that is compiled for tests alone, methods, which rustc finds by type, and links in
//! documentation.

mod attributes;
mod items;
mod parse;
mod resolve;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;
mod use_tree;

pub use items::names_of;
pub use resolve::{Arrow, Unresolved, Uses};
pub use tree::Crate;
pub use use_tree::names_in_use;
