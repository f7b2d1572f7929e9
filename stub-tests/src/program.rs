//! Calls each function: before the modules are loaded, after that, and after they were unloaded.

use std::collections::BTreeSet;
use std::panic;

use dlkm_rt::{Kernel, ModuleRoot, UnloadError};

type Call = (&'static str, &'static str, fn() -> isize);

static CALLS: &[Call] = &[
    // CALLS
];

fn call_all(pass: &str) {
    for (module, function, call) in CALLS {
        match panic::catch_unwind(*call) {
            Ok(result) => println!("{pass} {module} {function} {result}"),
            Err(payload) => {
                let message = payload.downcast_ref::<String>().unwrap();
                println!("{pass} {module} {function} {message}");
            }
        }
    }
}

fn main() {
    // The message is printed with the result.
    panic::set_hook(Box::new(|_| {}));
    let root = std::env::args().nth(1).unwrap();
    // SAFETY: the folder has only the modules that the test compiled.
    let root = unsafe { ModuleRoot::trusted(root) };
    let kernel = Kernel::boot(root).unwrap();
    call_all("called");
    let modules: BTreeSet<&str> = CALLS.iter().map(|(module, ..)| *module).collect();
    for module in &modules {
        let loaded = match kernel.load(module) {
            Ok(()) => "yes".to_owned(),
            Err(error) => error.to_string(),
        };
        println!("load {module} - {loaded}");
    }
    call_all("loaded");
    for module in &modules {
        let unloaded = match kernel.unload(module) {
            Ok(()) => "yes",
            Err(UnloadError::LoadOnly { .. }) => "load-only",
            Err(UnloadError::Pinned { .. }) => "pinned",
            Err(UnloadError::NotLoaded { .. }) => "not loaded",
            Err(_) => "other",
        };
        println!("unload {module} - {unloaded}");
    }
    call_all("again");
}
