//! Reports each declaration that makes no sense, at the author's own token, with what to write
//! instead.

mod interface;
mod module;
mod stub;
mod words;

pub(crate) use interface::interface;
pub(crate) use module::{check_words, module};
pub(crate) use words::{desc, is_name, name, version_mistake};
