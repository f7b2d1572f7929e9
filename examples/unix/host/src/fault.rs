//! Why a command fails: an error number, and what is known besides.

use std::fmt;
use std::io;

use dlkm_rt::{Errno, LoadError, SwitchError, UnloadError};
use shm_api::ShmError;
use unix_kernel::errno::{self, EBUSY, EEXIST, EIO};

/// An error number, with its reason if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) errno: Errno,
    why: Option<String>,
    path: Option<String>,
}

pub(crate) type Result<T> = std::result::Result<T, Fault>;

impl Fault {
    pub(crate) fn new(errno: Errno, why: impl Into<String>) -> Self {
        Fault {
            errno,
            why: Some(why.into()),
            path: None,
        }
    }

    /// The same, about this file.
    pub(crate) fn about(self, path: &str) -> Self {
        Fault {
            path: Some(self.path.unwrap_or_else(|| path.to_owned())),
            ..self
        }
    }

    /// The error of a switch table. What an unknown key means depends on the table.
    pub(crate) fn of_switch(error: SwitchError, unknown: Errno) -> Self {
        let errno = match &error {
            SwitchError::Unknown { .. } | SwitchError::Unrecognised { .. } => unknown,
            SwitchError::Contested { .. } => EEXIST,
            _ => EIO,
        };
        Fault::new(errno, error.to_string())
    }
}

impl From<Errno> for Fault {
    fn from(errno: Errno) -> Self {
        Fault {
            errno,
            why: None,
            path: None,
        }
    }
}

impl From<unix_kernel::Error> for Fault {
    fn from(error: unix_kernel::Error) -> Self {
        match error {
            unix_kernel::Error::System(errno) => errno.into(),
            unix_kernel::Error::Load(error) => error.into(),
        }
    }
}

impl From<ShmError> for Fault {
    fn from(error: ShmError) -> Self {
        match error {
            ShmError::System(errno) => errno.into(),
            ShmError::Load(error) => error.into(),
        }
    }
}

impl From<LoadError> for Fault {
    fn from(error: LoadError) -> Self {
        Fault::new(errno::of_load(&error), error.to_string())
    }
}

impl From<UnloadError> for Fault {
    fn from(error: UnloadError) -> Self {
        let errno = match &error {
            UnloadError::NotLoaded { .. } => errno::ENOENT,
            UnloadError::Hook { source, .. } => source.errno().unwrap_or(EIO),
            _ => EBUSY,
        };
        Fault::new(errno, error.to_string())
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(number) => Errno(number).into(),
            None => Fault::new(EIO, error.to_string()),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{path}: ")?;
        }
        match errno::name(self.errno) {
            "" => self.errno.fmt(f)?,
            name => {
                let text = self.errno.to_string();
                let text = text.split(" (os error").next().unwrap_or_default();
                write!(f, "{name}: {text}")?;
            }
        }
        match &self.why {
            Some(why) => write!(f, ": {why}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Fault {}
