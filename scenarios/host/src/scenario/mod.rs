//! The scenarios, by what they are about.

mod boundary;
mod calc;
mod concurrent;
mod failing;
mod forking;
mod fresh;
mod held;
mod idling;
mod loading;
mod policy;
mod threads;
mod unloading;
mod upgrading;
mod watching;

use dlkm_rt::{Kernel, LoadError, UnloadError, UpgradeError};

type Scenario = fn(&'static Kernel, &str);

/// The scenario of that name.
pub(crate) fn find(name: &str) -> Option<Scenario> {
    let all = [
        loading::ALL,
        unloading::ALL,
        upgrading::ALL,
        failing::ALL,
        fresh::ALL,
        held::ALL,
        policy::ALL,
        boundary::ALL,
        calc::ALL,
        threads::ALL,
        forking::ALL,
        concurrent::ALL,
        watching::ALL,
        idling::ALL,
    ];
    all.into_iter()
        .flatten()
        .find(|(known, _)| *known == name)
        .map(|(_, run)| *run)
}

/// What a scenario does before the kernel is booted.
pub(crate) fn before_boot(name: &str) -> Option<fn()> {
    (name == "call_before_boot").then_some(loading::before_boot as fn())
}

/// Fails with the error as a person reads it.
trait Must<T> {
    fn must(self) -> T;
}

impl<T> Must<T> for Result<T, LoadError> {
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
    let all = kernel.modules();
    let found = all.iter().find(|one| one.name() == module);
    found.map_or_else(|| "absent".to_owned(), |one| one.state().to_string())
}

/// Whether the system has the module's image mapped.
fn mapped(module: &str) -> bool {
    let maps = std::fs::read_to_string("/proc/self/maps").expect("/proc/self/maps");
    maps.lines()
        .any(|line| line.contains("r-xp") && line.ends_with(&format!("/{module}.so")))
}

/// Fails unless `error` says all of `parts`.
#[track_caller]
fn says(error: &dyn std::error::Error, parts: &[&str]) {
    let text = error.to_string();
    for part in parts {
        assert!(text.contains(part), "{text:?} does not say {part:?}");
    }
}
