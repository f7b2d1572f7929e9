//! Who wants a module loaded, and whether the module lets them.

use crate::error::Cause;
use crate::loader::{Found, Origin};
use crate::metadata::ModuleState;

/// Who wants a module loaded.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ask<'a> {
    /// The kernel's boot: no call would ask.
    Boot,
    /// A stub's call: interface and function.
    Call(&'a str, &'a str),
    /// A load by name.
    Name,
    /// A module that depends on it.
    Dependant(&'a str),
}

impl Ask<'_> {
    pub(super) fn text(self) -> String {
        match self {
            Ask::Call(interface, function) => format!("{interface}::{function}"),
            Ask::Boot => "the kernel's boot".to_owned(),
            Ask::Name => "a load by name".to_owned(),
            Ask::Dependant(module) => format!("module `{module}`"),
        }
    }
}

/// Whether the module supports being loaded this way.
pub(super) fn allow(found: &Found, ask: Ask<'_>) -> Result<(), Cause> {
    let supports = |state| found.metadata.supports(state);
    match (&found.origin, ask) {
        // Checked when the kernel was booted.
        (Origin::Static(_), _) => Ok(()),
        (Origin::File(_), Ask::Call(..)) if !supports(ModuleState::Auto) => Err(Cause::State {
            state: ModuleState::Auto,
        }),
        (Origin::File(_), _) if !supports(ModuleState::Auto) && !supports(ModuleState::Loaded) => {
            Err(Cause::State {
                state: ModuleState::Loaded,
            })
        }
        (Origin::File(_), _) => Ok(()),
    }
}
