// The functions that a hook may be, and the errors that it may return.
#![deny(warnings)]

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use dlkm_rt::{Cause, Errno, HookError, Kernel, LoadArg, LoadError, ModuleRoot, module};

static RUN: AtomicU8 = AtomicU8::new(0);

#[module(load = init, unload = fini)]
mod errno {
    use super::{Errno, LoadArg};

    pub(super) fn init(_: &LoadArg) -> Result<(), Errno> {
        Err(Errno::ENODEV)
    }

    fn fini(_: &LoadArg) -> Result<(), Errno> {
        Ok(())
    }
}

#[module(load = super::text)]
mod text {}

fn text(arg: &LoadArg) -> Result<(), String> {
    Err(format!("{} says no", arg.module()))
}

#[module(load = crate::hooks::word)]
mod word {}

#[module(load = Hooks::io)]
mod number {
    use super::hooks::Hooks;
}

#[module(load = init)]
mod own {
    use super::hooks::own as init;
}

#[module(load = super::generic)]
mod generic {}

fn generic(_: &LoadArg) -> Result<(), HookError> {
    RUN.fetch_add(1, Relaxed);
    Ok(())
}

#[module(load = INIT)]
mod pointer {
    use super::{Errno, LoadArg};

    const INIT: fn(&LoadArg) -> Result<(), Errno> = |_| {
        super::RUN.fetch_add(1, super::Relaxed);
        Ok(())
    };
}

mod hooks {
    use super::*;

    pub(crate) fn word(_: &LoadArg) -> Result<(), &'static str> {
        Err("no")
    }

    pub(crate) struct Hooks;

    impl Hooks {
        pub(crate) fn io(_: &LoadArg) -> io::Result<()> {
            Err(io::Error::from_raw_os_error(Errno::EBUSY.0))
        }
    }

    /// An error of the module's own.
    pub(crate) struct Broken(u8);

    impl fmt::Display for Broken {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "broken {}", self.0)
        }
    }

    impl From<Broken> for HookError {
        fn from(broken: Broken) -> Self {
            broken.to_string().into()
        }
    }

    pub(crate) fn own(_: &LoadArg) -> Result<(), Broken> {
        Err(Broken(7))
    }
}

// On an `impl`, the paths of hooks are relative to its place; both hooks may be one function.
#[module]
pub trait Same {
    #[stub]
    fn ran() -> Result<u8, LoadError>;
}

struct Driver;

impl Driver {
    fn hook(_: &LoadArg) -> Result<(), LoadError> {
        RUN.fetch_add(1, Relaxed);
        Ok(())
    }
}

#[module(load = Driver::hook, unload = self::Driver::hook)]
impl Same for Driver {
    fn ran() -> Result<u8, LoadError> {
        Ok(RUN.load(Relaxed))
    }
}

fn main() {
    let kernel = Kernel::boot(ModuleRoot::none()).unwrap();
    let failed = |name| {
        let error = kernel.load(name).unwrap_err();
        let Cause::Hook { source: hook, .. } = error.cause() else {
            panic!("{error}")
        };
        (hook.errno(), hook.to_string())
    };
    assert_eq!(failed("errno").0, Some(Errno::ENODEV));
    assert_eq!(failed("text"), (None, "text says no".into()));
    assert_eq!(failed("word"), (None, "no".into()));
    assert_eq!(failed("number").0, Some(Errno::EBUSY));
    assert_eq!(failed("own"), (None, "broken 7".into()));
    kernel.load("generic").unwrap();
    kernel.load("pointer").unwrap();
    assert_eq!(same::ran().unwrap(), 3);
}
