//! One process, one scenario: `scenario-async-host <module root> <file>::<scenario>`. A scenario
//! asserts what it sees, so its failure is the exit status.

mod completing;
mod dropping;
mod panics;
mod wakers;

use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot, UnloadError};
use tokio::runtime::{Builder, Runtime};

/// A scenario's function.
type Scenario = fn(&'static Kernel);

macro_rules! find {
    ($($family:ident { $($name:ident)* })*) => {
        /// The scenario of that name: its file and its function.
        fn find(name: &str) -> Option<Scenario> {
            Some(match name {
                $($(concat!(stringify!($family), "::", stringify!($name)) => $family::$name,)*)*
                _ => return None,
            })
        }
    };
}

scenario_async_host::scenarios!(find);

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(root), Some(name)) = (args.next(), args.next()) else {
        eprintln!("usage: scenario-async-host <module root> <scenario>");
        return ExitCode::from(2);
    };
    let Some(run) = find(&name) else {
        eprintln!("no scenario `{name}`");
        return ExitCode::from(2);
    };
    // SAFETY: the tests put the files there.
    let root = unsafe { ModuleRoot::trusted(root) };
    match Kernel::boot(root) {
        Ok(kernel) => run(kernel),
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// An executor with several threads.
fn threads() -> Runtime {
    let mut builder = Builder::new_multi_thread();
    builder
        .worker_threads(4)
        .enable_time()
        .build()
        .expect("a runtime")
}

/// An executor that is this thread.
fn thread() -> Runtime {
    let mut builder = Builder::new_current_thread();
    builder.enable_time().build().expect("a runtime")
}

/// Panics unless that many futures or wakers keep the module from being unloaded.
#[track_caller]
fn held(kernel: &Kernel, module: &str, number: usize) {
    match kernel.unload(module) {
        Err(UnloadError::Held { values, .. }) => assert_eq!(values, number),
        other => panic!("{module}: {other:?}"),
    }
}

/// Unloads the module, and panics unless its file is no longer mapped, or the kernel says that
/// images of it stay.
#[track_caller]
fn unloads(kernel: &Kernel, module: &str) {
    if let Err(error) = kernel.unload(module) {
        panic!("{error}");
    }
    let maps = std::fs::read_to_string("/proc/self/maps").expect("Linux has it");
    let snapshot = kernel.snapshot();
    let left = snapshot
        .module(module)
        .expect("it was loaded")
        .left_mapped();
    assert_eq!(
        maps.contains(&format!("/{module}.so")),
        left > 0,
        "{module}: {left} images stay"
    );
}

/// Whether the module is loaded.
fn is_loaded(kernel: &Kernel, module: &str) -> bool {
    let all = kernel.modules();
    let one = all
        .iter()
        .find(|one| one.name() == module)
        .expect("is known");
    one.state() == dlkm_rt::State::Loaded
}
