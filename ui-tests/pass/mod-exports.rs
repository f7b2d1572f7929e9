// A `mod` that provides two interfaces, with every other item that it may contain.
#![deny(warnings, missing_docs)]
//! Modules on a `mod`.

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

/// Shared memory.
#[module]
pub trait Shm {
    /// Takes a segment.
    #[stub]
    fn get(key: u8) -> Result<u8, LoadError>;
}

/// Semaphores.
#[module]
pub trait Sem {
    /// Takes a semaphore.
    #[ustub]
    fn get(key: u8) -> Result<u8, LoadError>;
}

/// Both.
#[module(desc = "System V", load = init)]
pub mod ipc {
    #![allow(dead_code)]

    use std::fmt;
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::{LoadError, Shm};
    use dlkm_rt::{Errno, LoadArg};

    static LOADED: AtomicU8 = AtomicU8::new(0);

    fn init(_: &LoadArg) -> Result<(), Errno> {
        LOADED.fetch_add(1, Ordering::Relaxed);
        Ok(())
    }

    /// One driver for both.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct Driver;

    /// The segments.
    #[export]
    impl Shm for Driver {
        fn get(key: u8) -> Result<u8, LoadError> {
            Ok(key + LOADED.load(Ordering::Relaxed))
        }
    }

    #[export]
    #[allow(clippy::needless_pass_by_value)]
    impl super::Sem for Driver {
        fn get(key: u8) -> Result<u8, LoadError> {
            Ok(key + helper::TEN)
        }
    }

    // Not provided, because not exported.
    struct Other;

    impl Shm for Other {
        fn get(_: u8) -> Result<u8, LoadError> {
            Ok(0)
        }
    }

    impl fmt::Display for Driver {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("driver")
        }
    }

    impl Driver {
        const SIZE: usize = 1;
    }

    mod helper {
        pub(super) const TEN: u8 = 10;
    }

    macro_rules! unused {
        () => {};
    }
    unused!();
}

/// Provides nothing: it runs its hook, and others may depend on it.
#[module(kind = "table")]
mod bare {}

/// A name of its own.
#[module(name = "other-name")]
mod named {
    //! Documented inside.
}

#[module]
mod r#try {}

fn main() {
    let kernel = Kernel::boot(ModuleRoot::none()).unwrap();
    assert_eq!(shm::get(1).unwrap(), 2);
    assert_eq!(sem::get(1).unwrap(), 11);
    assert_eq!(ipc::Driver.to_string(), "driver");
    kernel.load("bare").unwrap();
    kernel.load("other-name").unwrap();
    kernel.load("try").unwrap();
    let ipc = kernel.modules().into_iter().find(|one| one.name() == "ipc");
    let ipc = ipc.unwrap();
    let names: Vec<_> = ipc
        .metadata()
        .unwrap()
        .interfaces()
        .iter()
        .map(|one| one.name())
        .collect();
    assert_eq!(names, ["shm", "sem"]);
}
