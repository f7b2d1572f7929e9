//! The stubs of a whole kernel: a generator declares those of illumos with `modmeta!`, and writes a
//! program that calls each of them, and a module in C for each interface.

mod code;
mod linked;
mod table;
mod workspace;

pub use linked::{StubModules, install};
pub use table::{Module, Stub, illumos};
pub use workspace::Workspace;
