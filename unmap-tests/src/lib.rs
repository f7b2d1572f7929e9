//! Generated programs in which a module and its caller try to keep what the other has lent them.
//!
//! An image is unmapped only if the types of its functions prove that nothing of it is left behind.
//! No one thinks of all types, so these are made by a generator: references, lifetimes, nesting,
//! aliases, traits, callbacks, bounds that a signature implies. Each function is tried in several
//! attempts. In each, one side passes a text of its own wherever the types allow, and the other
//! tries at one place to keep it as `'static`. rustc decides which attempts are safe code; what it
//! rejects is dropped. The rest runs, and the rule must have foreseen each text that was kept.

mod attempt;
mod batch;
mod code;
mod summary;
mod ty;

pub use batch::{Batch, Outcome};
pub use summary::Summary;
