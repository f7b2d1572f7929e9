//! Loading.

use std::fmt;
use std::path::{Path, PathBuf};

use super::{HookError, LinkerError, UnloadError};
use crate::metadata::{BadMetadata, BuildDifference, ModuleState, ReadError};
use crate::primitive::Arc;

/// A module could not be loaded.
///
/// Cheap to clone: a load that failed is remembered, and each later call of a strong stub
/// gets the same error again until [`Kernel::load`](crate::Kernel::load) tries anew.
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
    cause: Arc<Cause>,
}

/// A failure that a stub's next calls report too, which lives as long as the program does.
#[derive(Debug)]
pub(crate) struct Remembered(Failure);

impl Remembered {
    /// Whether it says the same as `error`.
    pub(crate) fn says(&self, error: &LoadError) -> bool {
        let (own, other) = (&self.0, error.failure());
        own.module == other.module
            && own.function == other.function
            && (Arc::ptr_eq(&own.cause, &other.cause)
                || own.cause.to_string() == other.cause.to_string())
    }
}

impl From<&LoadError> for Remembered {
    fn from(error: &LoadError) -> Self {
        Remembered(error.failure().clone())
    }
}

impl From<&'static Remembered> for LoadError {
    fn from(failure: &'static Remembered) -> Self {
        LoadError(Told::Again(failure))
    }
}

/// The step of a load that failed.
#[derive(Debug)]
#[non_exhaustive]
pub enum Cause {
    /// A stub was called before [`Kernel::boot`](crate::Kernel::boot), or by an image that
    /// is not attached to a kernel.
    NotBooted,
    /// The kernel was booted without a module root, and no static module has the name.
    NoRoot,
    /// The module root can't be listed.
    #[non_exhaustive]
    Root {
        /// The folder.
        root: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No static module and no image has the name.
    #[non_exhaustive]
    Missing {
        /// Where the image would be.
        file: PathBuf,
    },
    /// Several modules provide the interface, and none has its name.
    #[non_exhaustive]
    Ambiguous {
        /// The interface.
        interface: String,
        /// The modules, by image, or by name and source where they are static.
        modules: Vec<String>,
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
    /// The image is of a module with another name.
    #[non_exhaustive]
    WrongName {
        /// The image.
        file: PathBuf,
        /// What it says it is.
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
    /// The module has other functions than the interface, or lacks some that it ought to
    /// have.
    #[non_exhaustive]
    WrongInterface {
        /// The interface.
        interface: String,
        /// One text for each function that is missing, and for each thing that differs: how
        /// the caller knows it, and how the module has it.
        differences: Vec<String>,
    },
    /// The module was built before the interface had the function. Its others can be called.
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
    /// A module that this one depends on could not be loaded.
    #[non_exhaustive]
    Dependency {
        /// Why.
        source: LoadError,
    },
    /// Loading the module needs the module itself.
    #[non_exhaustive]
    Circular {
        /// The modules from the one asked for back to itself.
        chain: Vec<String>,
    },
    /// The dynamic linker refused the image.
    #[non_exhaustive]
    Open {
        /// The image.
        file: PathBuf,
        /// What it said.
        source: LinkerError,
    },
    /// The system still has an image of that name mapped, with the statics that it had, and the
    /// copy in memory that would be opened in its stead can't be made.
    #[non_exhaustive]
    Copy {
        /// The image.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The image has no entry.
    #[non_exhaustive]
    Entry {
        /// The image.
        file: PathBuf,
        /// What the dynamic linker said.
        source: LinkerError,
    },
    /// The image's slices don't hold what its metadata says.
    #[non_exhaustive]
    Wrapper {
        /// The image.
        file: PathBuf,
    },
    /// The module's function panicked, and its interface says `on_panic = fallback`.
    #[non_exhaustive]
    Panicked {
        /// What the panic said.
        message: String,
    },
    /// The module panicked and is to be unloaded, as its interface says by `on_panic =
    /// unload`, which is not possible yet.
    #[non_exhaustive]
    Distrusted {
        /// What the panic said.
        message: String,
        /// Why it is still there.
        source: UnloadError,
    },
    /// The load hook returned an error or panicked. The module was taken out again.
    #[non_exhaustive]
    Hook {
        /// What the hook said.
        source: HookError,
    },
}

impl LoadError {
    pub(crate) fn new(module: impl Into<String>, cause: Cause) -> Self {
        LoadError(Told::Once(Arc::new(Failure {
            module: module.into(),
            function: None,
            cause: Arc::new(cause),
        })))
    }

    pub(crate) fn for_function(&self, interface: &str, function: &str) -> Self {
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

    /// The function whose call asked for the module, as `interface::function`; `None`
    /// for a load by name.
    pub fn function(&self) -> Option<&str> {
        self.failure().function.as_deref()
    }

    /// The step that failed.
    pub fn cause(&self) -> &Cause {
        &self.failure().cause
    }

    /// The file in question, if the step has one.
    pub fn file(&self) -> Option<&Path> {
        match self.cause() {
            Cause::Root { root: file, .. }
            | Cause::Missing { file }
            | Cause::Metadata { file, .. }
            | Cause::WrongName { file, .. }
            | Cause::WrongBuild { file, .. }
            | Cause::Open { file, .. }
            | Cause::Copy { file, .. }
            | Cause::Entry { file, .. }
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
            .field("cause", &self.cause)
            .finish()
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Cause::MissingFunction { .. }, Some(function)) = (self.cause(), self.function()) {
            return write!(
                f,
                "module `{}` has no `{function}`: {}",
                self.module(),
                self.cause()
            );
        }
        if let Cause::Panicked { message } = self.cause() {
            let function = self.function().unwrap_or("a function of it");
            let module = self.module();
            return write!(
                f,
                "module `{module}`, function `{function}` panicked: {message}"
            );
        }
        write!(f, "can't load module `{}`", self.module())?;
        if let Some(function) = self.function() {
            write!(f, " for `{function}`")?;
        }
        write!(f, ": {}", self.cause())
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.cause() {
            Cause::Root { source, .. } | Cause::Copy { source, .. } => Some(source),
            Cause::Metadata { source, .. } => Some(source),
            Cause::Static { source } => Some(source),
            Cause::Dependency { source } => Some(source),
            Cause::Open { source, .. } | Cause::Entry { source, .. } => Some(source),
            Cause::Hook { source } => Some(source),
            Cause::Distrusted { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// For stubs that return an [`std::io::Result`]: the error's kind is `NotFound` where there
/// is no module, `Unsupported` where the module lacks the function, else `Other`; the
/// [`LoadError`] is its source.
impl From<LoadError> for std::io::Error {
    fn from(error: LoadError) -> Self {
        let kind = match error.cause() {
            Cause::Missing { .. } | Cause::NoRoot => std::io::ErrorKind::NotFound,
            Cause::MissingFunction { .. } => std::io::ErrorKind::Unsupported,
            _ => std::io::ErrorKind::Other,
        };
        std::io::Error::new(kind, error)
    }
}

/// The command that builds images of the same profile as this program.
const BUILD_COMMAND: &str = if cfg!(debug_assertions) {
    "cargo dlkm build"
} else {
    "cargo dlkm build --release"
};

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::NotBooted => {
                f.write_str("no kernel is booted; call `Kernel::boot` first thing in `main`")
            }
            Cause::NoRoot => f.write_str(
                "it is not linked statically, and the kernel was booted without a module root",
            ),
            Cause::Root { root, source } => write!(
                f,
                "the module root {} can't be read: {source}; `{BUILD_COMMAND}` makes it",
                root.display()
            ),
            Cause::Missing { file } => write!(
                f,
                "there is no image {}; `{BUILD_COMMAND}` builds the modules of a workspace",
                file.display()
            ),
            Cause::Ambiguous { interface, modules } => {
                write!(f, "several modules provide interface `{interface}`:")?;
                list(f, modules)?;
                f.write_str("; keep one")
            }
            Cause::Metadata { file, source } => write!(f, "{}: {source}", file.display()),
            Cause::Static { source } => write!(f, "its metadata can't be read: {source}"),
            Cause::WrongName { file, declared } => write!(
                f,
                "{} is the image of module `{declared}`; an image's file is named after its module",
                file.display()
            ),
            Cause::WrongBuild { file, differences } => {
                write!(f, "{} was not built for this host:", file.display())?;
                list(f, differences)?;
                write!(f, "; build both with the same toolchain and settings")
            }
            Cause::NoInterface { interface } => {
                write!(f, "the module does not provide interface `{interface}`")
            }
            Cause::WrongInterface {
                interface,
                differences,
            } => {
                write!(
                    f,
                    "the module was built for another version of interface `{interface}` \
                     (caller's → module's): "
                )?;
                // They may have commas.
                separated(f, "; ", differences)?;
                f.write_str("; build the module against the interface that the caller uses")
            }
            Cause::MissingFunction {
                interface,
                version,
                wanted,
            } if version == wanted => write!(
                f,
                "it was built against an earlier state of version {version} of interface \
                 `{interface}`; build the module again"
            ),
            Cause::MissingFunction {
                interface,
                version,
                wanted,
            } => write!(
                f,
                "it was built against version {version} of interface `{interface}`, the \
                 caller against {wanted}; build the module against that"
            ),
            Cause::State { state } => write!(
                f,
                "the module's `states` do not include `{state}`{}",
                match state {
                    ModuleState::Auto =>
                        "; load it by name with `Kernel::load` before it is called",
                    ModuleState::Static =>
                        "; build it as an image instead of linking it into the host",
                    _ => "",
                }
            ),
            Cause::Dependency { source } => {
                write!(f, "a module it depends on is not there: {source}")
            }
            Cause::Circular { chain } => {
                f.write_str("the modules need each other to load: ")?;
                separated(f, " → ", chain)?;
                f.write_str("; break the circle")
            }
            Cause::Open { file, source } => {
                write!(
                    f,
                    "the dynamic linker refused {}: {}",
                    file.display(),
                    source
                )
            }
            Cause::Copy { file, source } => write!(
                f,
                "{} is still mapped from an earlier load (a thread has thread-local data of it, \
                 or it is marked NODELETE), and a copy in memory, to begin anew, can't be made: \
                 {source}; end the threads that called it, allow memfd_create(2) and one more \
                 open file, or start the program again",
                file.display()
            ),
            Cause::Entry { file, source } => {
                write!(
                    f,
                    "{} has no entry: {}; build it again",
                    file.display(),
                    source
                )
            }
            Cause::Wrapper { file } => write!(
                f,
                "{} does not hold what its metadata says; build it again",
                file.display()
            ),
            Cause::Panicked { message } => write!(f, "its function panicked: {message}"),
            Cause::Distrusted { message, source } => {
                write!(
                    f,
                    "it panicked ({message}), and is not to be called again; {source}"
                )
            }
            Cause::Hook { source } if source.panicked() => {
                write!(f, "its load hook panicked: {source}")
            }
            Cause::Hook { source } => write!(f, "its load hook failed: {source}"),
        }
    }
}

fn list(f: &mut fmt::Formatter<'_>, items: &[impl fmt::Display]) -> fmt::Result {
    f.write_str(" ")?;
    separated(f, ", ", items)
}

fn separated(
    f: &mut fmt::Formatter<'_>,
    between: &str,
    items: &[impl fmt::Display],
) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        f.write_str(if i == 0 { "" } else { between })?;
        write!(f, "{item}")?;
    }
    Ok(())
}

impl From<LoadError> for HookError {
    fn from(error: LoadError) -> Self {
        error.to_string().into()
    }
}
