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
mod made;
mod or_load_error;
mod switch;
mod text;
mod tunable;
mod unload;

pub use boot::{BootError, BootTexts, boot_error};
pub use hook::{Errno, HookError};
pub use linker::LinkerError;
pub use load::{Cause, Failed, LoadError, Plain, Remembered, cause};
pub use or_load_error::OrLoadError;
pub use switch::SwitchError;
pub use text::ErrorText;
pub use tunable::{SystemLine, TunableError, tunable_error};
pub use unload::{UnloadError, unload_error};
