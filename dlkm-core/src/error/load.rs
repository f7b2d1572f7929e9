//! Errors of loading a module.

use std::fmt;
use std::path::{Path, PathBuf};

use super::kept::{Full, Kept, Simple};
use super::made::errors;
use super::{HookError, LinkerError, TunableError, UnloadError};
use crate::metadata::{BadMetadata, BuildDifference, ModuleState, ReadError};
use crate::primitive::Arc;

/// A module could not be loaded.
///
/// Cheap to clone: the kernel remembers a failed load, and each later call of a strong stub
/// gets the same error until [`Kernel::load`](../dlkm_rt/struct.Kernel.html#method.load) tries again.
///
/// For stubs that return an [`std::io::Result`], it converts into an [`std::io::Error`]: the kind is
/// `NotFound` if there is no module, `Unsupported` if the module lacks the function, otherwise `Other`; the
/// `LoadError` is its source.
#[derive(Clone)]
pub struct LoadError(Told);

#[derive(Clone)]
enum Told {
    Once(Arc<Failure>),
    Again(&'static Remembered),
}

#[derive(Clone)]
struct Failure {
    module: String,
    function: Option<String>,
    cause: Failed,
}

/// A failure that a stub's later calls report too. It lives as long as the program.
#[derive(Debug)]
pub struct Remembered(Failure);

impl Remembered {
    /// Whether it reports the same as `error`.
    #[inline]
    pub fn says(&self, error: &LoadError) -> bool {
        let (own, other) = (&self.0, error.failure());
        own.module == other.module
            && own.function == other.function
            && (own.cause.is(&other.cause)
                || format!("{}", *own.cause) == format!("{}", *other.cause))
    }
}

impl From<&LoadError> for Remembered {
    #[inline]
    fn from(error: &LoadError) -> Self {
        Remembered(error.failure().clone())
    }
}

#[doc(hidden)]
impl From<&'static Remembered> for LoadError {
    #[inline]
    fn from(failure: &'static Remembered) -> Self {
        LoadError(Told::Again(failure))
    }
}

errors! {
    mod cause;

    /// The step of a load that failed.
    #[derive(Debug)]
    pub enum Cause {
        /// A stub was called before [`Kernel::boot`](../dlkm_rt/struct.Kernel.html#method.boot), or by an image that
        /// is not attached to a kernel.
        NotBooted,
        /// The call came through a stub module that the dynamic linker mapped for a program, and the stub
        /// module did not reach a kernel.
        #[non_exhaustive]
        Unreached {
            /// Why.
            reason: String,
        },
        /// The stub's image belongs to a module that is no longer loaded. Its code still runs: a thread
        /// that the module left behind, a destructor, or a value that is still held.
        CallerUnloaded,
        /// The kernel was booted without a module root, and no static module has the name.
        NoRoot,
        /// The module root can't be listed.
        #[non_exhaustive]
        Root {
            /// The folder.
            root: PathBuf,
            /// The system's error.
            source: std::io::Error,
        },
        /// No static module and no image has the name.
        #[non_exhaustive]
        Missing {
            /// The path where the image would be.
            file: PathBuf,
        },
        /// Several modules provide the interface, and none has its name.
        #[non_exhaustive]
        Ambiguous {
            /// The interface.
            interface: String,
            /// The modules: their images, or for static ones their names and source locations.
            modules: Vec<String>,
        },
        /// Others than root and the user of this process can change the image, or the module root.
        #[non_exhaustive]
        Exposed {
            /// The image, or the folder.
            file: PathBuf,
            /// Who can change it, and the command that helps.
            reason: String,
        },
        /// The system file says `verify enforce`, and the image is not the one that was installed, or has
        /// no valid signature. Nothing of it was mapped.
        #[non_exhaustive]
        Verify {
            /// The image.
            file: PathBuf,
            /// Why it is not trusted, with the expected and the found digest if they differ, and what to
            /// do.
            reason: String,
        },
        /// The image's metadata can't be read.
        #[non_exhaustive]
        Metadata {
            /// The image.
            file: PathBuf,
            /// Why.
            source: ReadError,
        },
        /// A static module's metadata can't be read.
        #[non_exhaustive]
        Static {
            /// Why.
            source: BadMetadata,
        },
        /// The image is that of a module with another name.
        #[non_exhaustive]
        WrongName {
            /// The image.
            file: PathBuf,
            /// The module's name, by its metadata.
            declared: String,
        },
        /// The image was built by another compiler, for another target, or in another way.
        #[non_exhaustive]
        WrongBuild {
            /// The image.
            file: PathBuf,
            /// Each thing that keeps it from this host.
            differences: Vec<BuildDifference>,
        },
        /// The module does not provide the interface at all.
        #[non_exhaustive]
        NoInterface {
            /// The interface.
            interface: String,
        },
        /// The module's functions differ from the interface's, or it lacks some that it should have.
        #[non_exhaustive]
        WrongInterface {
            /// The interface.
            interface: String,
            /// One text for each function that is missing, and for each difference: the caller's
            /// version, then the module's.
            differences: Vec<String>,
        },
        /// The module was built before the interface had the function. Its other functions can be
        /// called.
        #[non_exhaustive]
        MissingFunction {
            /// The interface.
            interface: String,
            /// The version that the module was built against.
            version: String,
            /// The caller's version.
            wanted: String,
        },
        /// The module does not support the state that this load would bring it to.
        #[non_exhaustive]
        State {
            /// The state.
            state: ModuleState,
        },
        /// The system file says that the module is unused, or has no line for it. That wins over
        /// everything that wants the module.
        #[non_exhaustive]
        Unused {
            /// The module.
            module: String,
            /// The system file.
            file: PathBuf,
            /// The number of its line for the module, if it has one.
            line: Option<usize>,
            /// What wanted the module: a function, a load by name, a module that depends on it.
            wanted_by: String,
        },
        /// The system file chooses a state that the module does not support, or that it can't have:
        /// `static` for a module that is not linked into the host.
        #[non_exhaustive]
        Choice {
            /// The system file.
            file: PathBuf,
            /// The number of its line for the module.
            line: usize,
            /// The state.
            state: dlkm_system::State,
            /// The states that the module supports, separated by spaces.
            capable: String,
        },
        /// The system file wants another version of the module.
        #[non_exhaustive]
        Version {
            /// The system file.
            file: PathBuf,
            /// The number of its line for the module.
            line: usize,
            /// The version in that line.
            wanted: String,
            /// The version of the module.
            found: String,
        },
        /// The module can't be loaded in this phase of the boot.
        #[non_exhaustive]
        Phase {
            /// The phase.
            phase: crate::metadata::Phase,
            /// The phases that the module supports, separated by spaces.
            supported: String,
        },
        /// A module that this one depends on could not be loaded.
        #[non_exhaustive]
        Dependency {
            /// Why.
            source: LoadError,
        },
        /// A module that this one depends on, or the interface that it provides, has another version.
        #[non_exhaustive]
        Requirement {
            /// What is required: `module sem ^1.2`, `interface log ^0.3`.
            requirement: String,
            /// The module that was found for it.
            module: String,
            /// The version of that module, or of that interface in it.
            found: String,
        },
        /// Loading the module requires that it is loaded already.
        #[non_exhaustive]
        Circular {
            /// The modules of the cycle, from the first one back to itself.
            chain: Vec<String>,
        },
        /// The modules that this one needs, and those that these need, are a chain of more modules than
        /// are loaded inside each other.
        #[non_exhaustive]
        LongChain {
            /// How many may be.
            most: usize,
        },
        /// The image can't be opened through `/proc`, by which the dynamic linker opens the very file
        /// that was checked.
        #[non_exhaustive]
        Proc {
            /// The image.
            file: PathBuf,
            /// The system's error.
            source: std::io::Error,
        },
        /// The dynamic linker rejected the image.
        #[non_exhaustive]
        Open {
            /// The image.
            file: PathBuf,
            /// The dynamic linker's error.
            source: LinkerError,
        },
        /// The system still has that file mapped, with its old statics, and the
        /// copy in memory that the kernel would open instead can't be made.
        #[non_exhaustive]
        Copy {
            /// The image.
            file: PathBuf,
            /// The system's error.
            source: std::io::Error,
        },
        /// The image has no entry point.
        #[non_exhaustive]
        Entry {
            /// The image.
            file: PathBuf,
            /// The dynamic linker's error.
            source: LinkerError,
        },
        /// The image does not contain what its metadata says.
        #[non_exhaustive]
        Wrapper {
            /// The image.
            file: PathBuf,
        },
        /// A function that a module in C provides is not in its image: the dynamic linker found another one of
        /// that name first.
        #[non_exhaustive]
        Outside {
            /// The image.
            file: PathBuf,
            /// The function, as `interface::function`.
            function: String,
        },
        /// The module's function panicked, and its interface says `on_panic = fallback`.
        #[non_exhaustive]
        Panicked {
            /// The panic's message.
            message: String,
        },
        /// The module panicked and must be unloaded, because its interface has `on_panic = unload`,
        /// but this is not possible yet.
        #[non_exhaustive]
        Distrusted {
            /// The panic's message.
            message: String,
            /// Why it can't be unloaded.
            source: UnloadError,
        },
        /// A tunable of the module can't have the value that it is given.
        #[non_exhaustive]
        Tunable {
            /// Why.
            source: Box<TunableError>,
        },
        /// The load hook returned an error or panicked. The module is not loaded.
        #[non_exhaustive]
        Hook {
            /// The hook's error.
            source: HookError,
        },
    }
}

impl Full for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Cause::Root { source, .. }
            | Cause::Proc { source, .. }
            | Cause::Copy { source, .. } => Some(source),
            Cause::Metadata { source, .. } => Some(source),
            Cause::Static { source } => Some(source),
            Cause::Dependency { source } => Some(source),
            Cause::Open { source, .. } | Cause::Entry { source, .. } => Some(source),
            Cause::Hook { source } => Some(source),
            Cause::Tunable { source } => Some(&**source),
            Cause::Distrusted { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// A cause on its way to a [`LoadError`]: one pointer. The code that drops a `Cause` takes several kB, and
/// each part of the program that returns one would have a copy of it.
pub type Failed = Kept<Cause>;

/// For the kernel, and for what only its image contains: see [`Kept::of_kernel`].
impl<C> From<C> for Failed
where
    Cause: From<C>,
{
    fn from(cause: C) -> Self {
        Kept::of_kernel(cause.into())
    }
}

/// The causes that an image finds without a kernel.
pub enum Plain {
    NotBooted,
    CallerUnloaded,
    Unreached { reason: String },
    Panicked { message: String },
}

impl From<Plain> for Failed {
    fn from(plain: Plain) -> Self {
        Kept::simple(match plain {
            Plain::NotBooted => Cause::NotBooted,
            Plain::CallerUnloaded => Cause::CallerUnloaded,
            Plain::Unreached { reason } => Cause::Unreached { reason },
            Plain::Panicked { message } => Cause::Panicked { message },
        })
    }
}

impl Simple for Cause {
    fn free(&mut self) {
        if let Cause::Unreached { reason: text } | Cause::Panicked { message: text } = self {
            drop(std::mem::take(text));
        }
    }

    fn text(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::NotBooted => {
                f.write_str("no kernel is booted; call `Kernel::boot` first thing in `main`")
            }
            Cause::Unreached { reason } => f.write_str(reason),
            Cause::CallerUnloaded => f.write_str(
                "the module that calls is unloaded, and its code still runs; its unload hook \
                 should end its threads and take back what it left with others",
            ),
            Cause::Panicked { message } => write!(f, "its function panicked: {message}"),
            _ => Ok(()),
        }
    }
}

impl LoadError {
    #[doc(hidden)]
    pub fn new(module: impl Into<String>, cause: impl Into<Failed>) -> Self {
        LoadError::of(module.into(), cause.into())
    }

    #[inline]
    fn of(module: String, cause: Failed) -> Self {
        LoadError(Told::Once(Arc::new(Failure {
            module,
            function: None,
            cause,
        })))
    }

    /// What an image finds without a kernel; `function` is the interface's name and that of the called
    /// function. All in one, since each image has this code.
    pub(crate) fn plain(module: &str, function: Option<(&str, &str)>, cause: Plain) -> Self {
        LoadError(Told::Once(Arc::new(Failure {
            module: module.to_owned(),
            function: function.map(|(interface, function)| format!("{interface}::{function}")),
            cause: cause.into(),
        })))
    }

    #[doc(hidden)]
    #[inline]
    pub fn for_function(&self, interface: &str, function: &str) -> Self {
        LoadError(Told::Once(Arc::new(Failure {
            function: Some(format!("{interface}::{function}")),
            ..self.failure().clone()
        })))
    }

    fn failure(&self) -> &Failure {
        match &self.0 {
            Told::Once(failure) => failure,
            Told::Again(failure) => &failure.0,
        }
    }

    /// The module's name.
    pub fn module(&self) -> &str {
        &self.failure().module
    }

    /// The function whose call requested the module, as `interface::function`; `None`
    /// for a load by name.
    pub fn function(&self) -> Option<&str> {
        self.failure().function.as_deref()
    }

    /// The step that failed.
    pub fn cause(&self) -> &Cause {
        &self.failure().cause
    }

    /// The same, with the text that the kernel's image writes.
    pub(super) fn failed(&self) -> &Failed {
        &self.failure().cause
    }

    /// The file that the failed step is about, if there is one.
    pub fn file(&self) -> Option<&Path> {
        match self.cause() {
            Cause::Root { root: file, .. }
            | Cause::Missing { file }
            | Cause::Exposed { file, .. }
            | Cause::Verify { file, .. }
            | Cause::Metadata { file, .. }
            | Cause::WrongName { file, .. }
            | Cause::WrongBuild { file, .. }
            | Cause::Proc { file, .. }
            | Cause::Open { file, .. }
            | Cause::Copy { file, .. }
            | Cause::Entry { file, .. }
            | Cause::Unused { file, .. }
            | Cause::Choice { file, .. }
            | Cause::Version { file, .. }
            | Cause::Outside { file, .. }
            | Cause::Wrapper { file } => Some(file),
            Cause::Dependency { source } => source.file(),
            _ => None,
        }
    }
}

impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.failure().fmt(f)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadError")
            .field("module", &self.module)
            .field("function", &self.function)
            // As a person reads it, which `unwrap` prints; and a host need not contain the `Debug`
            // of all that a cause has.
            .field("cause", &format_args!("{}", self.cause))
            .finish()
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.failure().cause.source()
    }
}

/// See [`LoadError`].
impl From<LoadError> for std::io::Error {
    #[inline]
    fn from(error: LoadError) -> Self {
        let kind = match error.cause() {
            Cause::Missing { .. } | Cause::NoRoot => std::io::ErrorKind::NotFound,
            Cause::MissingFunction { .. } => std::io::ErrorKind::Unsupported,
            _ => std::io::ErrorKind::Other,
        };
        std::io::Error::new(kind, error)
    }
}

impl From<LoadError> for HookError {
    #[inline]
    fn from(error: LoadError) -> Self {
        format!("{error}").into()
    }
}
