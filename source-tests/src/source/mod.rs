//! A crate's source: its modules, what each declares, and which file uses which.
//!
//! Names are resolved as rustc does it, as far as files need it: `use` with aliases, groups and
//! globs, re-exports, `#[path]`, inline modules, exported macros. A use counts for the file that
//! *defines* the name, so a re-export in a `mod.rs` or `lib.rs` is no detour. Three things count
//! for nothing: code that is compiled for tests alone, methods, which are found by type, and links
//! in documentation.

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
