//! A request to load a module: its origin, and whether the module allows it.

use std::fmt;

use crate::error::{Failed, cause};
use crate::loader::{Found, OpenFile, Origin};
use crate::metadata::{ModuleState, Phase};

/// What requested the load of a module. `Display` names it: `gzip::decode`, ``module `a` ``.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AskedBy<'a> {
    /// The kernel's boot, in the module's [phase](crate::metadata::Phase).
    Boot,
    /// A call of a stub.
    #[non_exhaustive]
    Call {
        /// The interface's name.
        interface: &'a str,
        /// The function's name.
        function: &'a str,
    },
    /// A load by name: [`Kernel::load`](crate::Kernel::load) or
    /// [`Kernel::upgrade`](crate::Kernel::upgrade).
    Name,
    /// A program or a library that is linked to it, a stub module, called one of its functions.
    Program,
    /// A module that depends on it.
    #[non_exhaustive]
    Dependant {
        /// That module's name.
        module: &'a str,
    },
}

impl fmt::Display for AskedBy<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AskedBy::Call {
                interface,
                function,
            } => write!(f, "{interface}::{function}"),
            AskedBy::Boot => f.write_str("the kernel's boot"),
            AskedBy::Name => f.write_str("a load by name"),
            AskedBy::Program => f.write_str("a program that is linked to it"),
            AskedBy::Dependant { module } => write!(f, "module `{module}`"),
        }
    }
}

/// A request to load a module.
#[derive(Debug)]
pub(super) struct Request<'a> {
    pub(super) module: &'a str,
    pub(super) asked_by: AskedBy<'a>,
    /// The phase of the boot that it is a part of; [`Phase::Auto`] for any other.
    pub(super) phase: Phase,
    /// Its image, if the search for the module has opened that already.
    pub(super) opened: Option<OpenFile>,
}

impl<'a> Request<'a> {
    pub(super) fn new(module: &'a str, asked_by: AskedBy<'a>) -> Self {
        Request {
            module,
            asked_by,
            phase: Phase::Auto,
            opened: None,
        }
    }

    /// Whether to try again after an earlier failure. A call does not.
    pub(super) fn retries(&self) -> bool {
        !matches!(self.asked_by, AskedBy::Call { .. })
    }

    /// The same, as part of a phase of the boot.
    pub(super) fn during(self, phase: Phase) -> Self {
        Request { phase, ..self }
    }

    /// Checks whether the module that was found allows this request.
    pub(super) fn check(&self, found: &Found) -> Result<(), Failed> {
        let supports = |state| found.metadata.supports(state);
        let lacks = |state| Err(cause::State { state }.into());
        match (&found.origin, self.asked_by) {
            // Checked when the kernel was booted.
            (Origin::Static(_), _) => {}
            (Origin::File(_), AskedBy::Call { .. }) if !supports(ModuleState::Auto) => {
                return lacks(ModuleState::Auto);
            }
            (Origin::File(_), _)
                if !supports(ModuleState::Auto) && !supports(ModuleState::Loaded) =>
            {
                return lacks(ModuleState::Loaded);
            }
            (Origin::File(_), _) => {}
        }
        match self.asked_by {
            AskedBy::Call { interface, .. } if found.metadata.interface(interface).is_none() => {
                Err(cause::NoInterface {
                    interface: interface.to_owned(),
                }
                .into())
            }
            _ => Ok(()),
        }
    }
}
