//! What can go wrong, one variant for each step that can fail. Messages name the file,
//! the module and the function, and say what to do next.

mod boot;
mod build_command;
mod crossing;
mod hook;
mod kept;
mod linker;
mod load;
mod load_text;
mod or_load_error;
mod switch;
mod text;
mod tunable;
mod unload;
mod upgrade;

pub use boot::BootError;
pub use hook::{Errno, HookError};
pub use linker::LinkerError;
pub use load::{Cause, LoadError};
pub(crate) use load::{Failed, Plain, Remembered};
pub use or_load_error::OrLoadError;
pub use switch::SwitchError;
pub(crate) use text::ErrorText;
pub use tunable::{SystemLine, TunableError};
pub use unload::UnloadError;
pub use upgrade::UpgradeError;
