//! Calls the module's functions, in whichever way the module is linked, and prints their results.

use std::hint::black_box;
use std::panic;
use std::process::ExitCode;
use std::time::Instant;

use dlkm_rt::{Kernel, ModuleRoot};
#[cfg(feature = "linked")]
use scenario_direct as _;
use scenario_direct_api::{guarded, numbers, raw};

fn main() -> ExitCode {
    let what = std::env::args().nth(1).unwrap_or_default();
    if what == "early" {
        println!("before boot: {}", mix(5, 7));
    }
    // SAFETY: the tests built the images in the folder.
    let root = unsafe { ModuleRoot::trusted(std::env::var_os("DIRECT_ROOT").unwrap_or_default()) };
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
        "time" => time(),
        _ => values(),
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

/// The time of a call without disturbance: the best of many turns.
fn time() {
    const CALLS: u32 = 1_000_000;
    let (mut best, mut sum) = (f64::INFINITY, 0);
    for _ in 0..500 {
        let start = Instant::now();
        for i in 0..CALLS {
            sum = numbers::mix(black_box(u64::from(i)), sum);
        }
        let took = start.elapsed().as_secs_f64() * 1e9 / f64::from(CALLS);
        best = best.min(took);
    }
    println!("{best:.2} ns a call ({sum})");
}
