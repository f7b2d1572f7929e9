//! What can go wrong, one variant for each step that can fail. Messages name the file,
//! the module and the function, and say what to do next.

use std::fmt;
use std::path::PathBuf;

use crate::metadata::ReadError;
use crate::module::HookError;
use crate::primitive::Arc;

/// A module could not be loaded.
///
/// Cheap to clone: a load that failed is remembered, and each later call of a strong stub
/// gets the same error again until [`Kernel::load`](crate::Kernel::load) tries anew.
#[derive(Clone)]
pub struct LoadError {
    failure: Arc<Failure>,
    function: Option<Arc<str>>,
}

struct Failure {
    module: String,
    cause: Cause,
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
    Root {
        /// The folder.
        root: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No static module and no image has the name.
    Missing {
        /// Where the image would be.
        file: PathBuf,
    },
    /// Several modules provide the interface, and none has its name.
    Ambiguous {
        /// The interface.
        interface: String,
        /// The modules, by image, or by name and source where they are static.
        modules: Vec<String>,
    },
    /// The image's metadata can't be read.
    Metadata {
        /// The image.
        file: PathBuf,
        /// Why.
        source: ReadError,
    },
    /// A static module's metadata can't be read.
    Static(crate::metadata::BadMetadata),
    /// The image is of a module with another name.
    WrongName {
        /// The image.
        file: PathBuf,
        /// What it says it is.
        declared: String,
    },
    /// The image was built by another compiler, for another target, or in another way.
    WrongBuild {
        /// The image.
        file: PathBuf,
        /// One text for each field that differs.
        differences: Vec<String>,
    },
    /// The module does not provide the interface at all.
    NoInterface {
        /// The interface.
        interface: String,
    },
    /// The module provides less than the interface, or other functions.
    WrongInterface {
        /// The interface.
        interface: String,
        /// One text for each function that is missing or differs.
        differences: Vec<String>,
    },
    /// The module does not support the state that this load would bring it to.
    State {
        /// The state: `auto`, `loaded` or `static`.
        state: &'static str,
    },
    /// A module that this one depends on could not be loaded.
    Dependency(LoadError),
    /// Loading the module needs the module itself.
    Circular {
        /// The modules from the one asked for back to itself.
        chain: Vec<String>,
    },
    /// The dynamic linker refused the image.
    Open {
        /// The image.
        file: PathBuf,
        /// What it said.
        source: libloading::Error,
    },
    /// The image has no entry.
    Entry {
        /// The image.
        file: PathBuf,
        /// What the dynamic linker said.
        source: libloading::Error,
    },
    /// The image's slices don't hold what its metadata says.
    Wrapper {
        /// The image.
        file: PathBuf,
    },
    /// The load hook returned an error or panicked. The module was taken out again.
    Hook(HookError),
}

impl LoadError {
    pub(crate) fn new(module: impl Into<String>, cause: Cause) -> Self {
        let failure = Arc::new(Failure {
            module: module.into(),
            cause,
        });
        LoadError {
            failure,
            function: None,
        }
    }

    pub(crate) fn for_function(mut self, interface: &str, function: &str) -> Self {
        self.function = Some(format!("{interface}::{function}").into());
        self
    }

    /// The module's name.
    pub fn module(&self) -> &str {
        &self.failure.module
    }

    /// The function whose call asked for the module, as `interface::function`; `None`
    /// for a load by name.
    pub fn function(&self) -> Option<&str> {
        self.function.as_deref()
    }

    /// The step that failed.
    pub fn cause(&self) -> &Cause {
        &self.failure.cause
    }

    /// The file in question, if the step has one.
    pub fn file(&self) -> Option<&std::path::Path> {
        match self.cause() {
            Cause::Root { root: file, .. }
            | Cause::Missing { file }
            | Cause::Metadata { file, .. }
            | Cause::WrongName { file, .. }
            | Cause::WrongBuild { file, .. }
            | Cause::Open { file, .. }
            | Cause::Entry { file, .. }
            | Cause::Wrapper { file } => Some(file),
            Cause::Dependency(inner) => inner.file(),
            _ => None,
        }
    }
}

impl fmt::Debug for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoadError")
            .field("module", &self.failure.module)
            .field("function", &self.function)
            .field("cause", &self.failure.cause)
            .finish()
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
            Cause::Root { source, .. } => Some(source),
            Cause::Metadata { source, .. } => Some(source),
            Cause::Static(source) => Some(source),
            Cause::Dependency(source) => Some(source),
            Cause::Open { source, .. } | Cause::Entry { source, .. } => Some(source),
            Cause::Hook(source) => Some(source),
            _ => None,
        }
    }
}

/// For stubs that return an [`std::io::Result`]: the error's kind is `NotFound` where there
/// is no module, else `Other`; the [`LoadError`] is its source.
impl From<LoadError> for std::io::Error {
    fn from(error: LoadError) -> Self {
        let kind = match error.cause() {
            Cause::Missing { .. } | Cause::NoRoot => std::io::ErrorKind::NotFound,
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
            Cause::Static(source) => write!(f, "its metadata can't be read: {source}"),
            Cause::WrongName { file, declared } => write!(
                f,
                "{} is the image of module `{declared}`; an image's file is named after its module",
                file.display()
            ),
            Cause::WrongBuild { file, differences } => {
                write!(f, "{} was not built as the host was:", file.display())?;
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
                    "the module was built for another version of interface `{interface}`:"
                )?;
                list(f, differences)?;
                f.write_str("; build the module against the interface that the caller uses")
            }
            Cause::State { state } => write!(
                f,
                "the module's `states` do not include `{state}`{}",
                match *state {
                    "auto" => "; load it by name with `Kernel::load` before it is called",
                    "static" => "; build it as an image instead of linking it into the host",
                    _ => "",
                }
            ),
            Cause::Dependency(source) => write!(f, "a module it depends on is not there: {source}"),
            Cause::Circular { chain } => write!(
                f,
                "the modules need each other to load: {}; break the circle",
                chain.join(" → ")
            ),
            Cause::Open { file, source } => {
                write!(f, "the dynamic linker refused {}: {source}", file.display())
            }
            Cause::Entry { file, source } => {
                write!(
                    f,
                    "{} has no entry: {source}; build it again",
                    file.display()
                )
            }
            Cause::Wrapper { file } => write!(
                f,
                "{} does not hold what its metadata says; build it again",
                file.display()
            ),
            Cause::Hook(error) if error.panicked() => write!(f, "its load hook panicked: {error}"),
            Cause::Hook(error) => write!(f, "its load hook failed: {error}"),
        }
    }
}

fn list<T: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    items: impl IntoIterator<Item = T>,
) -> fmt::Result {
    for (i, item) in items.into_iter().enumerate() {
        let comma = if i == 0 { "" } else { "," };
        write!(f, "{comma} {item}")?;
    }
    Ok(())
}

/// A module could not be unloaded; it goes on working.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnloadError {
    /// No module of that name is loaded.
    NotLoaded {
        /// The name.
        module: String,
    },
    /// Calls are in flight, or loaded modules depend on it.
    Busy {
        /// The module.
        module: String,
        /// The loaded modules that depend on it; empty where calls are in flight.
        dependants: Vec<String>,
    },
    /// One of its interfaces has no `#[ustub]`, or a caller was built against one that
    /// had none: such calls take no hold, so the module stays.
    LoadOnly {
        /// The module.
        module: String,
        /// The interface.
        interface: String,
    },
    /// One of its `#[stub]` functions was called, which pins it.
    Pinned {
        /// The module.
        module: String,
        /// The function, as `interface::function`.
        function: String,
    },
    /// It is linked into the host.
    Static {
        /// The module.
        module: String,
    },
    /// Its unload hook returned an error or panicked.
    Hook {
        /// The module.
        module: String,
        /// What the hook said.
        source: HookError,
    },
    /// The system has no membarrier(2), without which calls in flight can't be told.
    NoBarrier {
        /// The module.
        module: String,
    },
}

impl fmt::Display for UnloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            UnloadError::NotLoaded { module } => write!(f, "module `{module}` is not loaded"),
            UnloadError::Busy { module, dependants } if dependants.is_empty() => {
                write!(
                    f,
                    "module `{module}` is busy: calls are in flight; try again later"
                )
            }
            UnloadError::Busy { module, dependants } => write!(
                f,
                "module `{module}` is busy: unload {} first, which needs it",
                dependants.join(", ")
            ),
            UnloadError::LoadOnly { module, interface } => write!(
                f,
                "module `{module}` is load-only: interface `{interface}` has no `#[ustub]`"
            ),
            UnloadError::Pinned { module, function } => write!(
                f,
                "module `{module}` stays: `{function}` is a `#[stub]` and was called; \
                 a `#[ustub]` would hold the module for each call only"
            ),
            UnloadError::Static { module } => {
                write!(f, "module `{module}` is linked into the program and stays")
            }
            UnloadError::Hook { module, source } if source.panicked() => {
                write!(
                    f,
                    "module `{module}` stays: its unload hook panicked: {source}"
                )
            }
            UnloadError::Hook { module, source } => {
                write!(
                    f,
                    "module `{module}` stays: its unload hook refused: {source}"
                )
            }
            UnloadError::NoBarrier { module } => write!(
                f,
                "module `{module}` stays: this system has no membarrier(2), so calls in \
                 flight can't be told (Linux 4.14 or newer has it; a seccomp filter may hide it)"
            ),
        }
    }
}

impl std::error::Error for UnloadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            UnloadError::Hook { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// The kernel could not be booted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum BootError {
    /// A kernel is running in this process; see [`Kernel::get`](crate::Kernel::get).
    AlreadyBooted,
    /// Two static modules have the same name.
    DuplicateModule {
        /// The name.
        module: String,
        /// Where the first is declared.
        first: String,
        /// Where the second is declared.
        second: String,
    },
    /// A static module can't be used.
    Static(LoadError),
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BootError::AlreadyBooted => {
                f.write_str("a kernel is booted in this process already; `Kernel::get` returns it")
            }
            BootError::DuplicateModule {
                module,
                first,
                second,
            } => write!(
                f,
                "two modules linked into this program are named `{module}`: at {first} and \
                 at {second}; give one another `name`, or leave one out"
            ),
            BootError::Static(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BootError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BootError::Static(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}
