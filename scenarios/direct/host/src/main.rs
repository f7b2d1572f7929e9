//! Calls the module's functions, in whichever way the module is linked, and prints their results.

use std::panic;
use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot};
#[cfg(feature = "linked")]
use scenario_direct as _;
use scenario_direct_api::{guarded, numbers, raw};

fn main() -> ExitCode {
    let what = std::env::args().nth(1).unwrap_or_default();
    if what == "early" {
        println!("before boot: {}", mix(5, 7));
    }
    let root = match std::env::var_os("DIRECT_ROOT") {
        // SAFETY: the tests built the images in the folder.
        Some(root) => unsafe { ModuleRoot::trusted(root) },
        None => ModuleRoot::none(),
    };
    let kernel = match Kernel::boot(root) {
        Ok(kernel) => kernel,
        Err(error) => {
            println!("boot: {error}");
            return ExitCode::FAILURE;
        }
    };
    match &*what {
        "modules" => {
            for module in kernel.modules() {
                let linked = if module.is_static() {
                    "static"
                } else {
                    "image"
                };
                println!("{} {linked} {}", module.name(), module.state());
            }
        }
        "values" | "early" => values(),
        other => {
            eprintln!("no `{other}`: values, early or modules");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}

fn values() {
    println!("add: {:?}", numbers::add(2, 3).ok());
    println!("mix: {}", mix(5, 7));
    println!("first: {}", numbers::first("one two", " "));
    println!("ready: {:?}", numbers::ready().ok());
    println!(
        "divide: {}, {}",
        guarded::divide(7, 2),
        guarded::divide(7, 0)
    );
    println!("larger: {}", raw::larger(-1, 1));
    panic::set_hook(Box::new(|_| {}));
    let add = || numbers::add(u64::MAX, 1).map(drop).unwrap_or_default();
    let larger = || assert_eq!(raw::larger(1, 1), 0);
    for call in [add as fn(), larger] {
        let payload = panic::catch_unwind(call).expect_err("a panic");
        let text = payload.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
        println!("panic: {}", text.unwrap_or("another payload"));
    }
}

/// A call to look at in machine code.
#[unsafe(no_mangle)]
#[inline(never)]
fn mix(a: u64, b: u64) -> u64 {
    numbers::mix(a, b)
}
