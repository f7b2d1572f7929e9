//! The messages of load errors.

use std::borrow::Borrow;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use dlkm_metadata::small::contains;
use dlkm_system::State;

use super::build_command;
use super::kept::Simple;
use super::load::{Cause, LoadError};
use crate::metadata::{BuildDifference, ModuleState};

impl fmt::Display for LoadError {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_error(self, f)
    }
}

// Generic, so that only what uses it has it: see lib.rs.
fn write_error(error: &impl Borrow<LoadError>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let error = error.borrow();
    if let (Cause::MissingFunction { .. }, Some(function)) = (error.cause(), error.function()) {
        return write!(
            f,
            "module `{}` has no `{function}`: {}",
            error.module(),
            error.failed()
        );
    }
    if let Cause::Panicked { message } = error.cause() {
        let function = error.function().unwrap_or("a function of it");
        let module = error.module();
        return write!(
            f,
            "module `{module}`, function `{function}` panicked: {message}"
        );
    }
    if let Cause::Root { root, .. } = error.cause()
        && root == Path::new(error.module())
    {
        // No module was asked for: this is the root's own entry in a list of modules.
        return fmt::Display::fmt(error.failed(), f);
    }
    fmt::Display::fmt(&error.because(error.failed()), f)
}

impl LoadError {
    /// The error's text for that text of its cause.
    pub(crate) fn because(&self, cause: impl fmt::Display) -> impl fmt::Display {
        fmt::from_fn(move |f| {
            write!(f, "can't load module `{}`", self.module())?;
            if let Some(function) = self.function() {
                write!(f, " for `{function}`")?;
            }
            write!(f, ": {cause}")
        })
    }
}

impl fmt::Display for Cause {
    #[inline]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_cause(self, f)
    }
}

// Generic, so that only what uses it has it: see lib.rs.
fn write_cause(cause: &impl Borrow<Cause>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let cause = cause.borrow();
    match cause {
        Cause::NotBooted
        | Cause::Unreached { .. }
        | Cause::CallerUnloaded
        | Cause::Panicked { .. } => cause.text(f),
        Cause::NoRoot => f.write_str(
            "it is not linked into the program, and the kernel was booted without a module \
             root; link it, or boot with `ModuleRoot::trusted`",
        ),
        Cause::Root { root, source } => {
            let folder = root.display();
            write!(f, "the module root {folder} can't be read: {source}; ")?;
            match source.kind() {
                ErrorKind::NotFound => match build_command::installed_program(root) {
                    Some(program) => write!(f, "install the modules of {program}"),
                    None => write!(f, "`{}` creates it", build_command::for_root(root)),
                },
                ErrorKind::NotADirectory => f.write_str("name a folder"),
                _ => f.write_str("make it readable for this process"),
            }
        }
        Cause::Missing { file } => {
            let root = file.parent().unwrap_or(file);
            write!(f, "there is no image {}; ", file.display())?;
            match build_command::installed_program(root) {
                Some(program) => write!(
                    f,
                    "install the part of {program} that contains it, of the same version as \
                     the program"
                ),
                None => write!(
                    f,
                    "`{}` builds the modules of a workspace",
                    build_command::for_root(root)
                ),
            }
        }
        Cause::Ambiguous { interface, modules } => {
            write!(f, "several modules provide interface `{interface}`:")?;
            list(f, modules)?;
            f.write_str("; keep one")
        }
        Cause::Exposed { file, reason } => write!(
            f,
            "{} {reason}, or trust those who can write there: \
             `ModuleRoot::allow_other_writers`",
            file.display()
        ),
        Cause::Verify { file, reason } => write!(f, "{} {reason}", file.display()),
        Cause::Metadata { file, source } => write!(f, "{}: {source}", file.display()),
        Cause::Static { source } => write!(f, "its metadata can't be read: {source}"),
        Cause::WrongName { file, declared } => write!(
            f,
            "{} is the image of module `{declared}`; rename the file after its module",
            file.display()
        ),
        Cause::WrongBuild { file, differences } => {
            write!(f, "{} was not built for this host:", file.display())?;
            list(f, differences)?;
            // These say themselves what to do.
            let says = |one: &BuildDifference| {
                use BuildDifference::{SharedStd, StaticC};
                matches!(one, SharedStd { .. } | StaticC { .. })
            };
            match differences.iter().all(says) {
                true => Ok(()),
                false => write!(f, "; build both with the same toolchain and settings"),
            }
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
            // The differences may contain commas.
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
             caller against {wanted}; build the module against that version"
        ),
        Cause::State { state } => write!(
            f,
            "the module's `states` do not include `{state}`{}",
            match state {
                ModuleState::Auto => "; load it by name with `Kernel::load` before it is called",
                ModuleState::Static => "; build it as an image instead of linking it into the host",
                _ => "",
            }
        ),
        Cause::Unused {
            module,
            file,
            line,
            wanted_by,
        } => {
            write!(f, "{wanted_by} wants it, but it is unused: ")?;
            match line {
                Some(line) => write!(f, "line {line} of {} says so", file.display())?,
                None => write!(f, "{} has no line for it", file.display())?,
            }
            write!(f, "; `dlkm module {module}=best` puts it in use")
        }
        Cause::Choice {
            file,
            line,
            state: State::Static,
            capable,
        } if capable.split(' ').any(|word| word == "static") => write!(
            f,
            "line {line} of {} says `static`, but this program was built without it; link it, \
             or write another state",
            file.display()
        ),
        Cause::Choice {
            file,
            line,
            state,
            capable,
        } => write!(
            f,
            "line {line} of {} says `{state}`, which it does not support; it can be: {capable}",
            file.display()
        ),
        Cause::Version {
            file,
            line,
            wanted,
            found,
        } => write!(
            f,
            "line {line} of {} wants version {wanted}, and this is {found}; install that \
             version, or take it out of the line",
            file.display()
        ),
        Cause::Phase { phase, supported } => write!(
            f,
            "it can't be loaded in phase {phase}, only in: {supported}; its line in the system \
             file may name one of these"
        ),
        Cause::Dependency { source } => {
            write!(f, "a module it depends on is not available: {source}")
        }
        Cause::Requirement {
            requirement,
            module,
            found,
        } => write!(
            f,
            "it needs {requirement}, and module `{module}` has version {found}; install a \
             version in that range"
        ),
        Cause::Circular { chain } => {
            f.write_str("the modules need each other to load: ")?;
            separated(f, " → ", chain)?;
            f.write_str("; break the cycle")
        }
        Cause::LongChain { most } => write!(
            f,
            "more than {most} modules depend on each other in a row; name them as \
             dependencies of one module, or make fewer of them"
        ),
        Cause::Proc { file, source } => write!(
            f,
            "{} can't be opened through /proc/self/fd: {source}; mount proc(5) on /proc, by \
             which the kernel opens the file that it checked",
            file.display()
        ),
        Cause::Open { file, source } => {
            write!(
                f,
                "the dynamic linker rejected {}: {source}",
                file.display()
            )?;
            // glibc's text for a failed mmap(2).
            let mapping = contains(&format!("{source}"), "failed to map segment");
            match mapping {
                true => f.write_str(
                    "; is its file system mounted with the option `noexec`? (`findmnt -T` of \
                     the file shows the options)",
                ),
                false => Ok(()),
            }
        }
        Cause::Copy { file, source } => write!(
            f,
            "{} is still mapped from an earlier load (a thread has thread-local data of it, \
             or it is marked NODELETE), and a copy in memory, for a fresh start, can't be made: \
             {source}; end the threads that called it, allow memfd_create(2) and one more \
             open file, or restart the program",
            file.display()
        ),
        Cause::Entry { file, source } => {
            write!(
                f,
                "{} has no entry point: {}; build it again",
                file.display(),
                source
            )
        }
        Cause::Wrapper { file } => write!(
            f,
            "{} does not contain what its metadata says; build it again",
            file.display()
        ),
        Cause::Outside { file, function } => write!(
            f,
            "{}: the image's `{function}` is that of another object, because the dynamic linker \
             found a function of that name there first; hide the image's functions, as the \
             header that `dlkm header` writes does (`-fvisibility=hidden`)",
            file.display()
        ),
        Cause::Distrusted { message, source } => {
            write!(
                f,
                "it panicked ({message}) and must be unloaded before it is called again; \
                 {source}"
            )
        }
        Cause::Tunable { source } => fmt::Display::fmt(source, f),
        Cause::Hook { source } if source.panicked() => {
            write!(f, "its load hook panicked: {source}")
        }
        Cause::Hook { source } => write!(f, "its load hook failed: {source}"),
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
