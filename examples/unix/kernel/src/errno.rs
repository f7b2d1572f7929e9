//! Error numbers: what every function of the kernel and its modules fails with.

use std::fmt;

use dlkm_rt::{Cause, Errno, HookError, Interface, LoadError};

macro_rules! numbers {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $($(#[$doc])* pub const $name: Errno = Errno(libc::$name);)*

        /// The name of an error number, or an empty text for one that is not listed here.
        pub fn name(errno: Errno) -> &'static str {
            const NAMES: &[(Errno, &str)] = &[$(($name, stringify!($name))),*];
            let known = NAMES.iter().find(|(known, _)| *known == errno);
            known.map_or("", |(_, name)| name)
        }
    };
}

numbers! {
    /// Not permitted.
    EPERM
    /// No such file.
    ENOENT
    /// Interrupted while asleep.
    EINTR
    /// Input or output error.
    EIO
    /// No driver or no unit for that device number.
    ENXIO
    /// The file is not a module that this kernel can load.
    ENOEXEC
    /// Not an open file.
    EBADF
    /// No such process.
    ECHILD
    /// The call would have to sleep.
    EAGAIN
    /// Not enough memory.
    ENOMEM
    /// Not accessible.
    EACCES
    /// Not a block device.
    ENOTBLK
    /// In use.
    EBUSY
    /// It is there already.
    EEXIST
    /// No module of that type has the name.
    ENODEV
    /// Not a directory.
    ENOTDIR
    /// A directory.
    EISDIR
    /// Invalid argument.
    EINVAL
    /// The device does not know the ioctl.
    ENOTTY
    /// Too large.
    EFBIG
    /// The device is full.
    ENOSPC
    /// The file system is read-only.
    EROFS
    /// Modules depend on each other, or symbolic links lead to each other.
    ELOOP
    /// Not a stream.
    ENOSTR
}

/// Why a call of a module failed: the module's own error number, or the module could not be loaded.
#[derive(Clone, Debug, Interface)]
pub enum Error {
    /// The module's error.
    System(Errno),
    /// The module could not be loaded.
    Load(LoadError),
}

impl Error {
    /// The error number that a program sees.
    pub fn errno(&self) -> Errno {
        match self {
            Error::System(errno) => *errno,
            Error::Load(error) => of_load(error),
        }
    }
}

/// The error number for a module that could not be loaded. A load hook's own number is passed on.
pub fn of_load(error: &LoadError) -> Errno {
    match error.cause() {
        Cause::Hook { source, .. } => source.errno().unwrap_or(EIO),
        Cause::Dependency { source, .. } => of_load(source),
        Cause::Missing { .. } | Cause::NoRoot => ENOENT,
        Cause::Unused { .. } | Cause::State { .. } | Cause::Phase { .. } => ENODEV,
        Cause::Exposed { .. } => EACCES,
        Cause::Tunable { .. } => EINVAL,
        Cause::Circular { .. } | Cause::LongChain { .. } => ELOOP,
        Cause::Metadata { .. }
        | Cause::WrongName { .. }
        | Cause::WrongBuild { .. }
        | Cause::NoInterface { .. }
        | Cause::WrongInterface { .. }
        | Cause::MissingFunction { .. }
        | Cause::Open { .. }
        | Cause::Entry { .. }
        | Cause::Wrapper { .. } => ENOEXEC,
        _ => EIO,
    }
}

impl From<Errno> for Error {
    fn from(errno: Errno) -> Self {
        Error::System(errno)
    }
}

impl From<LoadError> for Error {
    fn from(error: LoadError) -> Self {
        Error::Load(error)
    }
}

/// For load hooks, which return the number.
impl From<Error> for HookError {
    fn from(error: Error) -> Self {
        error.errno().into()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::System(errno) => errno.fmt(f),
            Error::Load(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Error {}
