//! Makes a C library lazy: programs that are not rebuilt load it at their first call.
//!
//! A *stub library* stands in the place of a library. It has the same soname and exports the same
//! functions in the same versions, but none of their code: each function is a jump through a slot. The
//! first call of one loads the *real library* and fills all slots. A program that calls nothing never
//! loads it.
//!
//! ```
//! use dlkm_stub::StubLibrary;
//!
//! # fn main() -> Result<(), dlkm_stub::Error> {
//! # let folder = tempfile::tempdir().unwrap();
//! # let folder = folder.path();
//! // The C compiler finds it.
//! let stub = StubLibrary::of("libm.so.6")?
//!     .weak("feclearexcept")
//!     .or("fegetround", "-1");
//! for one in stub.check()?.not_lazy() {
//!     println!("{} is {}", one.name(), one.why());
//! }
//! let built = stub.build(folder)?;
//! println!("LD_LIBRARY_PATH={} makes a program use it", folder.display());
//! assert!(built.library().ends_with("libm.so.6"));
//! assert!(built.real().ends_with("real/libm.so.6"));
//! # Ok(())
//! # }
//! ```
//!
//! The command `dlkm stub` of the package `dlkm-tools` does the same.
//!
//! # What is made
//!
//! | file | what it is |
//! |---|---|
//! | `FOLDER/libm.so.6` | the stub library |
//! | `FOLDER/real/libm.so.6` | a copy of the real library, which the stub library opens by its absolute path |
//!
//! The copy differs from the original in one dynamic tag, `DF_SYMBOLIC`: its calls of its own functions
//! stay inside of it. Without the tag they would go through the stub library, since that comes first in
//! the process. [`StubLibrary::without_copy`] opens the original instead.
//!
//! The stub library remembers the build ID of the real one, and opens no other build.
//!
//! # What can't be lazy
//!
//! Variables: a program reads them without a call. See [`Report::not_lazy`], and
//! [`StubLibrary::for_program`], which refuses to make a stub library that a program can't use.
//!
//! # Where the real library can't be loaded
//!
//! A call prints why, and aborts the process; see [`StubLibrary::or`], [`StubLibrary::header`] and
//! [`StubLibrary::on_failure`] for what else it can do. The next call tries again. With `DLKM_STUB=eager` in its
//! environment, a program loads the real library at its start, so that a test sees whether it can.
//!
//! Once it is loaded, the real library stays loaded.
//!
//! Stub libraries are for Linux on x86-64 with the GNU C library. Building one takes a C compiler
//! (`$CC`, or `cc`), with binutils 2.35 or newer.
#![forbid(unsafe_code)]

mod compile;
mod copy;
mod elf;
mod error;
mod library;
mod loaded;
mod not_lazy;
mod program;
mod report;
mod stub_library;
mod typed;
mod value;
mod versions;
mod write;

pub use crate::error::{Error, Fault};
pub use crate::not_lazy::{NotLazy, Why};
pub use crate::report::Report;
pub use crate::stub_library::{Built, StubLibrary};
pub use crate::typed::Untyped;
