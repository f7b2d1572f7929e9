//! The scenarios, by what they are about. `lib.rs` lists them.

mod abi_c;
mod boundary;
mod concurrent;
mod configured;
mod depending;
mod failing;
mod forking;
mod held;
mod idling;
mod kmod;
mod loading;
mod panic_policy;
mod phased;
mod reloading;
mod stateful;
mod staying;
mod switching;
mod threads;
mod tuning;
mod unloading;
mod upgrading;
mod verifying;
mod watching;

use dlkm_rt::{Kernel, LoadError, ModuleRoot, TunableError, UnloadError, UpgradeError};

/// One function of a file.
pub(crate) enum Scenario {
    /// Runs with a booted kernel, and gets the argument of the command line.
    Booted(fn(&'static Kernel, &str)),
    /// Boots the kernel itself.
    Unbooted(fn(ModuleRoot)),
}

macro_rules! find {
    ($($family:ident { $($name:ident $(($how:ident))?)* })*) => {
        /// The scenario of that name: its file and its function.
        pub(crate) fn find(name: &str) -> Option<Scenario> {
            Some(match name {
                $($(
                    concat!(stringify!($family), "::", stringify!($name)) => {
                        find!(@scenario $family::$name $($how)?)
                    }
                )*)*
                _ => return None,
            })
        }
    };
    (@scenario $family:ident::$name:ident unbooted) => { Scenario::Unbooted($family::$name) };
    (@scenario $family:ident::$name:ident configured) => { Scenario::Unbooted($family::$name) };
    (@scenario $family:ident::$name:ident $($how:ident)?) => { Scenario::Booted($family::$name) };
}

scenario_host::scenarios!(find);

/// Panics with the error as its `Display` shows it.
trait Must<T> {
    fn must(self) -> T;
}

impl<T> Must<T> for Result<T, LoadError> {
    #[track_caller]
    fn must(self) -> T {
        self.unwrap_or_else(|error| panic!("{error}"))
    }
}

impl<T> Must<T> for Result<T, TunableError> {
    #[track_caller]
    fn must(self) -> T {
        self.unwrap_or_else(|error| panic!("{error}"))
    }
}

impl<T> Must<T> for Result<T, UnloadError> {
    #[track_caller]
    fn must(self) -> T {
        self.unwrap_or_else(|error| panic!("{error}"))
    }
}

impl<T> Must<T> for Result<T, UpgradeError> {
    #[track_caller]
    fn must(self) -> T {
        self.unwrap_or_else(|error| panic!("{error}"))
    }
}

/// The state that the kernel reports for a module.
fn state(kernel: &Kernel, module: &str) -> String {
    let found = kernel.module(module);
    found.map_or_else(|| "absent".to_owned(), |one| one.state().to_string())
}

/// Whether the system has the module's image mapped.
fn mapped(module: &str) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    maps.lines()
        .any(|line| line.contains("r-xp") && line.ends_with(&format!("/{module}.so")))
}

/// Whether an image of the module is mapped whose file has been replaced.
fn old_is_mapped(module: &str) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    maps.lines()
        .any(|line| line.ends_with(&format!("/{module}.so (deleted)")))
}

/// Whether the module's image stays mapped after an unload, as its metadata says.
fn stays_mapped(kernel: &Kernel, module: &str) -> bool {
    let module = kernel.module(module).expect("it is there");
    let metadata = module.metadata().expect("its image is usable");
    metadata.stays_mapped().is_some()
}

/// Panics unless the text of `error` contains all of `parts`.
#[track_caller]
fn says(error: &dyn std::error::Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}

/// Sets how many files the process may have open; returns the limit before.
fn limit_files(number: u64) -> u64 {
    limit(libc::RLIMIT_NOFILE, number)
}

/// Sets one of the process's limits; returns what it was before.
fn limit(which: libc::__rlimit_resource_t, number: u64) -> u64 {
    let mut limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` is writable memory of its type.
    let got = unsafe { libc::getrlimit(which, &raw mut limit) };
    let before = limit.rlim_cur;
    limit.rlim_cur = number;
    // SAFETY: `limit` is initialised.
    let set = unsafe { libc::setrlimit(which, &raw const limit) };
    assert_eq!((got, set), (0, 0));
    before
}
