//! What can go wrong, one variant for each step that can fail. Messages name the file,
//! the module and the function, and say what to do next.

mod boot;
mod load;
mod unload;
mod upgrade;

pub use boot::BootError;
pub(crate) use load::Remembered;
pub use load::{Cause, LoadError};
pub use unload::UnloadError;
pub use upgrade::UpgradeError;
