//! Errors of hooks.

use std::fmt;

/// An error number, as HP-UX's `_load()` and `_unload()` return it.
///
/// ```
/// use dlkm_rt::Errno;
///
/// assert_eq!(Errno::ENODEV.to_string(), "No such device (os error 19)");
///
/// let error = std::io::Error::from(Errno::EPERM);
/// assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
/// assert_eq!(error.raw_os_error(), Some(Errno::EPERM.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Errno(pub i32);

impl Errno {
    /// Input or output error.
    pub const EIO: Errno = Errno(libc::EIO);
    /// Not enough memory.
    pub const ENOMEM: Errno = Errno(libc::ENOMEM);
    /// The device or resource is in use.
    pub const EBUSY: Errno = Errno(libc::EBUSY);
    /// No such device.
    pub const ENODEV: Errno = Errno(libc::ENODEV);
    /// Invalid argument.
    pub const EINVAL: Errno = Errno(libc::EINVAL);
    /// Not permitted.
    pub const EPERM: Errno = Errno(libc::EPERM);
}

impl fmt::Display for Errno {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::io::Error::from_raw_os_error(self.0).fmt(f)
    }
}

impl std::error::Error for Errno {}

impl From<Errno> for std::io::Error {
    fn from(errno: Errno) -> Self {
        std::io::Error::from_raw_os_error(errno.0)
    }
}

/// Why a hook failed. A hook may return any error that converts into this: an
/// [`Errno`], a text, or an [`std::io::Error`] (which is reduced to its number and text, because
/// the original may point into the module).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookError {
    pub(crate) errno: Option<Errno>,
    pub(crate) message: String,
    pub(crate) panicked: bool,
}

impl HookError {
    /// The error number, if the hook gave one.
    pub fn errno(&self) -> Option<Errno> {
        self.errno
    }

    /// Whether the hook panicked instead of returning an error.
    pub fn panicked(&self) -> bool {
        self.panicked
    }

    #[doc(hidden)]
    pub fn from_panic(message: String) -> Self {
        HookError {
            errno: None,
            message,
            panicked: true,
        }
    }
}

impl fmt::Display for HookError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for HookError {}

impl From<Errno> for HookError {
    #[inline]
    fn from(errno: Errno) -> Self {
        HookError {
            errno: Some(errno),
            message: format!("{errno}"),
            panicked: false,
        }
    }
}

impl From<String> for HookError {
    #[inline]
    fn from(message: String) -> Self {
        HookError {
            errno: None,
            message,
            panicked: false,
        }
    }
}

impl From<&str> for HookError {
    #[inline]
    fn from(message: &str) -> Self {
        message.to_owned().into()
    }
}

impl From<std::io::Error> for HookError {
    #[inline]
    fn from(error: std::io::Error) -> Self {
        let errno = error.raw_os_error().map(Errno);
        HookError {
            errno,
            message: format!("{error}"),
            panicked: false,
        }
    }
}
