//! The system file of a module root: which modules are used, in which state, and with which
//! tunables.
//!
//! The file is named `system` and lies in the module root, beside the images. Its lines are those of
//! HP-UX's system(4), version 1. The runtime reads it when the kernel is booted; tools change it.
//!
//! ```text
//! * Comments begin with an asterisk or a number sign.
//! version 1
//! module shm auto
//! module ramdisk loaded 0.3.1 phase boot2
//! module debugger unused
//! module gzip best idle 30s
//! tunable shm.segments 4096
//! tunable ramdisk.size shm.segments*16
//! verify warn
//! ```
//!
//! # Grammar
//!
//! A file has at most [`limits::FILE`] bytes of UTF-8, without characters that do not show as
//! themselves. A line ends with a line feed, which may follow a carriage return; the last line may
//! lack it. Words are separated by spaces and tabs.
//!
//! | line | meaning |
//! |---|---|
//! | `version 1` | the first line that is neither empty nor a comment |
//! | `* …`, `# …` | a comment |
//! | `configuration NAME ["TITLE"] [TIMESTAMP]` | the saved configuration that this file was made from; written by the tools |
//! | `module NAME STATE [VERSION] [phase PHASE] [idle TIME]` | the module's [`Choice`]; the version that its image must have; the [`Phase`](dlkm_metadata::Phase) in which it is loaded; how long it stays loaded without a call, or `never` for always |
//! | `tunable MODULE.KEY VALUE` | a tunable's value or [expression](Expression); also `MODULE_KEY`, as on HP-UX |
//! | `verify off`, `verify warn`, `verify enforce` | whether a load compares an image with its recorded digest and its signature: not at all, with a report, or so that it fails (a kernel without the feature `verify` of `dlkm-rt` does not boot by `warn` and `enforce`) |
//! | `key KEY` | a public key, as minisign writes it; if there is one, each image needs a signature by one of them |
//!
//! If two lines speak of the same module or tunable, the later one holds, and there is a
//! [`Warning`]. Any other deviation is an error, with its line and column, and nothing of the file
//! counts: a file that is understood by halves would load the wrong modules.
//!
//! ```
//! use dlkm_system::{Choice, SystemFile};
//!
//! let system = SystemFile::parse(b"version 1\nmodule shm auto\ntunable shm.segments 0x1000\n")?;
//! assert_eq!(system.module("shm").map(|line| line.choice), Some(Choice::Auto));
//!
//! let error = SystemFile::parse(b"version 1\nmodule shm aut\n").unwrap_err();
//! assert_eq!((error.line, error.column), (2, 12));
//! # Ok::<(), dlkm_system::SystemError>(())
//! ```

mod choice;
mod error;
mod expression;
mod file;
pub mod limits;
mod line;
mod operator;
mod os;
mod read;
mod units;
mod value;
mod verify;
mod words;

pub use choice::{Cause, Choice, State};
pub use error::{Problem, SystemError, Warning};
pub use expression::{Expression, ExpressionError};
pub use file::{ModuleSetting, SystemFile, TunableSetting};
pub use line::{Directive, Idle, Line, ModuleLine, TunableLine, lines};
pub use read::{FILE_NAME, ReadSystemError};
pub use units::{UnitError, duration, size};
pub use value::{Value, ValueError, Values};
pub use verify::Verify;
pub use words::same_name;
