//! Errors of booting the kernel.

use std::borrow::Borrow;
use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use dlkm_system::ReadSystemError;

use super::LoadError;
use super::made::errors;
use crate::primitive::{Acquire, AtomicPtr, Release};

errors! {
    mod boot_error;
    use use_own_texts as first;

    /// The kernel could not be booted.
    #[derive(Clone)]
    pub enum BootError {
        /// A kernel is running in this process; see [`Kernel::get`](../dlkm_rt/struct.Kernel.html#method.get).
        AlreadyBooted,
        /// C code called a function of a stub module before this host booted its kernel, so the stub module
        /// has booted one for the process.
        BootedByStubs,
        /// Two static modules have the same name.
        #[non_exhaustive]
        DuplicateModule {
            /// The name.
            module: String,
            /// Where the first is declared.
            first: String,
            /// Where the second is declared.
            second: String,
        },
        /// A tunable that is linked into the host is in a crate without a module; or with several, and not
        /// inside the Rust module of one of them.
        #[non_exhaustive]
        Tunable {
            /// The tunable's name.
            tunable: String,
            /// Where it is declared.
            declared_at: String,
            /// The crate.
            package: String,
            /// The modules that it could belong to.
            modules: Vec<String>,
        },
        /// A static module can't be used.
        #[non_exhaustive]
        Static {
            /// Why.
            source: LoadError,
        },
        /// The system file of the module root can't be read, or is not a system file. Nothing is loaded
        /// by a file that is understood by halves.
        #[non_exhaustive]
        System {
            /// Why.
            source: Arc<ReadSystemError>,
        },
        /// Others than root and the user of this process can change the system file.
        #[non_exhaustive]
        Exposed {
            /// The system file, or the module root.
            file: PathBuf,
            /// Who can change it, and the command that helps.
            reason: String,
        },
        /// The system file wants images to be verified, which this program can't do: it was built without
        /// the feature `verify` of this crate, or a key in the file is none. It does not boot as if it
        /// could.
        #[non_exhaustive]
        Verify {
            /// The system file.
            file: PathBuf,
            /// The policy in it.
            policy: dlkm_system::Verify,
            /// Why it can't, and what to do.
            reason: String,
        },
        /// The file with the kernel can't be used: see [`boot_shared!`](crate::boot_shared).
        #[non_exhaustive]
        KernelFile {
            /// The file.
            file: PathBuf,
            /// What is wrong with it.
            reason: String,
        },
        /// A critical module could not be loaded in its phase.
        #[non_exhaustive]
        Critical {
            /// The phase.
            phase: crate::metadata::Phase,
            /// Why.
            source: LoadError,
        },
    }
}

/// What only the part of the program with the kernel can say of the errors that a kernel alone makes. A program
/// whose kernel is in a file of its own gets these functions with the error.
///
/// # Invariants
/// 1. The functions are of an object that is never unmapped.
#[derive(Clone, Copy, Debug)]
pub struct BootTexts {
    text: fn(&BootError, &mut fmt::Formatter<'_>) -> fmt::Result,
    source: fn(&BootError) -> Option<&(dyn Error + 'static)>,
}

/// Those that this copy of the runtime uses. Null before it has an error that they are for.
///
/// # Invariants
/// 1. Null, or a `&'static BootTexts` of an object that is never unmapped.
static TEXTS: AtomicPtr<BootTexts> = AtomicPtr::new(std::ptr::null_mut());

impl BootTexts {
    /// For the kernel.
    pub const OWN: &'static Self = &BootTexts {
        text: write_text,
        source: source_of,
    };

    /// From now on, this copy of the runtime uses them.
    pub fn use_these(&'static self) {
        // Release: pairs with the Acquire in `used`.
        TEXTS.store(std::ptr::from_ref(self).cast_mut(), Release);
    }

    fn used() -> Option<&'static Self> {
        // Acquire: pairs with the Release in `use_these`.
        let texts = TEXTS.load(Acquire);
        // SAFETY: `TEXTS` invariant 1; only shared references to it exist.
        unsafe { texts.as_ref() }
    }
}

/// Before the kernel makes an error.
#[inline]
fn use_own_texts() {
    BootTexts::OWN.use_these();
}

impl fmt::Display for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BootError::BootedByStubs => f.write_str(
                "C code called a function of a stub module before this call, so the stub module has \
                 booted a kernel for the process; call `Kernel::boot` first thing in `main`, before \
                 such code runs",
            ),
            BootError::AlreadyBooted => {
                f.write_str("this process has already booted a kernel; `Kernel::get` returns it")
            }
            BootError::KernelFile { file, reason } => write!(
                f,
                "the kernel of this program, {}, {reason}; `cargo dlkm build --kernel` puts it there",
                file.display()
            ),
            other => match BootTexts::used() {
                Some(texts) => (texts.text)(other, f),
                // Whoever made it has them.
                None => Ok(()),
            },
        }
    }
}

/// The variant, with the text that a person reads, which `unwrap` prints: see `LoadError`.
impl fmt::Debug for BootError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variant = match self {
            BootError::AlreadyBooted => return f.write_str("AlreadyBooted"),
            BootError::BootedByStubs => return f.write_str("BootedByStubs"),
            BootError::DuplicateModule { .. } => "DuplicateModule",
            BootError::Tunable { .. } => "Tunable",
            BootError::Static { .. } => "Static",
            BootError::System { .. } => "System",
            BootError::Exposed { .. } => "Exposed",
            BootError::Verify { .. } => "Verify",
            BootError::KernelFile { .. } => "KernelFile",
            BootError::Critical { .. } => "Critical",
        };
        f.debug_tuple(variant)
            .field(&format_args!("{self}"))
            .finish()
    }
}

impl Error for BootError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        (BootTexts::used()?.source)(self)
    }
}

// Generic, so that only what uses it has it: see lib.rs.
fn write_text(error: &impl Borrow<BootError>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let error = error.borrow();
    match error {
        // Programs say these without a kernel.
        BootError::BootedByStubs | BootError::AlreadyBooted | BootError::KernelFile { .. } => {
            Ok(())
        }
        BootError::DuplicateModule {
            module,
            first,
            second,
        } => write!(
            f,
            "two modules linked into this program are named `{module}`: at {first} and \
             at {second}; give one of them a different `name`, or link only one"
        ),
        BootError::Tunable {
            tunable,
            declared_at,
            package,
            modules,
        } => {
            write!(
                f,
                "the tunable `{tunable}` at {declared_at} is in crate `{package}`, which declares "
            )?;
            match &modules[..] {
                [] => f.write_str("no module: move it into the crate of its module"),
                modules => write!(
                    f,
                    "several modules ({}): move each of them into a Rust module of its own, with \
                     its tunables",
                    modules.join(", ")
                ),
            }
        }
        BootError::Static { source } => fmt::Display::fmt(source, f),
        BootError::System { source } => fmt::Display::fmt(source, f),
        BootError::Exposed { file, reason } => write!(
            f,
            "{} {reason}, or trust those who can write there: \
             `ModuleRoot::allow_other_writers`",
            file.display()
        ),
        BootError::Verify {
            file,
            policy,
            reason,
        } => write!(f, "{} says `verify {policy}`, but {reason}", file.display()),
        BootError::Critical { phase, source } => {
            write!(
                f,
                "{source}; the module is critical, so phase {phase} ends here"
            )
        }
    }
}

fn source_of<E: Borrow<BootError>>(error: &E) -> Option<&(dyn Error + 'static)> {
    match error.borrow() {
        BootError::Static { source } | BootError::Critical { source, .. } => source.source(),
        BootError::System { source } => Error::source(&**source),
        _ => None,
    }
}
