//! The table.

mod harmless;
mod signatures;
mod types;

use crate::support::Changes;

pub(crate) use harmless::{Harmless, all as all_harmless, harmless};
pub(crate) use signatures::SIGNATURES;
pub(crate) use types::TYPES;

/// A change that must be refused: name, changes of the interface, and the differences reported.
pub(crate) type Row = (&'static str, &'static Changes, &'static str);
