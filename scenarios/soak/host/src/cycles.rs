//! Many loads and unloads, and what they leave behind.

use std::sync::mpsc;
use std::thread;

use dlkm_rt::Kernel;
use scenario_soak_api::{soak, soak_relay};

use crate::memory;

/// Threads that call in each cycle and do not end.
const CALLERS: u64 = 2;

/// The first cycles fill caches: of the allocator, the dynamic linker, the thread library.
const WARM: u64 = 3000;

/// What all cycles together may leave: a few pages that the allocator has split in another way.
const SLACK: u64 = 256 * 1024;

pub(crate) fn run(kernel: &'static Kernel, cycles: u64) {
    let all = WARM + cycles;
    let (before, after) = thread::scope(|scope| {
        // A caller that panics closes its channel, and this thread then closes all others.
        let (go, done): (Vec<_>, Vec<_>) = (0..CALLERS)
            .map(|caller| {
                let (go, may_go) = mpsc::channel();
                let (is_done, done) = mpsc::channel();
                scope.spawn(move || {
                    for cycle in 0..all {
                        may_go.recv().expect("the cycles go on");
                        call(cycle + caller);
                        is_done.send(()).expect("the cycles go on");
                    }
                });
                (go, done)
            })
            .unzip();
        let mut before = None;
        for cycle in 0..all {
            if cycle == WARM {
                before = Some((memory::resident(), memory::mappings()));
            }
            for caller in &go {
                caller.send(()).expect("no caller panics");
            }
            for caller in &done {
                caller.recv().expect("no caller panics");
            }
            for module in ["soak-relay", "soak"] {
                kernel
                    .unload(module)
                    .unwrap_or_else(|error| panic!("cycle {cycle}: {error}"));
            }
        }
        (before, (memory::resident(), memory::mappings()))
    });
    let (resident, mappings) = before.unwrap_or(after);
    println!("{cycles} cycles: load, call, unload, of two modules");
    println!("mappings {mappings} → {}", after.1);
    println!("resident {} kB → {} kB", resident / 1024, after.0 / 1024);
    assert!(after.1 <= mappings, "mappings are left behind");
    assert!(
        after.0 <= resident + SLACK,
        "each cycle leaves {} bytes behind",
        (after.0 - resident) / cycles.max(1)
    );
}

fn call(number: u64) {
    let must =
        |result: Result<u64, dlkm_rt::LoadError>| result.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(must(soak_relay::add(number, 1)), number + 1);
    assert_eq!(must(soak::add(number, 2)), number + 2);
    let text = soak::text(1000).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(text.len(), 1000);
    let numbers = soak::numbers(5).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(numbers.sum::<u64>(), 10);
}
