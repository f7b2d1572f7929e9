//! Callers of all kinds, while a thread unloads their modules.

use std::panic;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;
use std::time::{Duration, Instant};

use dlkm_rt::{Kernel, UnloadError};

use crate::callers::{ALL, Shared};
use crate::memory;

/// How long the same callers work.
const SHIFT: Duration = Duration::from_millis(100);

/// Ends all callers, also after a failed assertion, which would wait for them otherwise.
struct End<'a>(&'a Shared);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.change(None);
    }
}

/// What the unloader counted.
#[derive(Default)]
struct Unloads {
    done: u64,
    busy: u64,
    held: u64,
}

pub(crate) fn run(kernel: &'static Kernel, length: Duration) {
    // The callers' panics are expected. The main thread prints those that are not.
    panic::set_hook(Box::new(|info| {
        let text = info.payload_as_str().unwrap_or_default();
        if !text.starts_with("module `soak`") && !text.starts_with("the ") {
            eprintln!("{info}");
        }
    }));
    let shared = Shared::new();
    let start = Instant::now();
    let (calls, unloads) = thread::scope(|scope| {
        let _end = End(&shared);
        let callers: Vec<_> = ALL
            .iter()
            .enumerate()
            .map(|(me, (name, call))| {
                let shared = &shared;
                (name, scope.spawn(move || call(kernel, shared, me)))
            })
            .collect();
        let mut unloads = Unloads::default();
        while start.elapsed() < length && !callers.iter().any(|(_, caller)| caller.is_finished()) {
            let shift = start.elapsed().as_millis() / SHIFT.as_millis();
            shared.change(usize::try_from(shift).ok());
            for module in ["soak-relay", "soak"] {
                unload(kernel, &shared, module, &mut unloads);
            }
            if unloads.done % 3 == 0 {
                // A load by name, also during unloads and calls.
                kernel
                    .load("soak")
                    .unwrap_or_else(|error| panic!("{error}"));
            }
        }
        shared.change(None);
        let calls: Vec<_> = callers
            .into_iter()
            .map(|(name, caller)| match caller.join() {
                Ok(calls) => (name, calls),
                Err(_) => panic!("the caller that {name} failed"),
            })
            .collect();
        (calls, unloads)
    });
    let took = start.elapsed();
    // All callers have left. A wrong count would be `Busy` forever.
    for module in ["soak-relay", "soak"] {
        match kernel.unload(module) {
            Ok(()) | Err(UnloadError::NotLoaded { .. }) => {}
            Err(error) => panic!("no caller is left: {error}"),
        }
    }
    for (name, calls) in &calls {
        println!("{name:<24}{calls:>14} calls");
        assert!(*calls > 0, "the caller that {name} made no call");
    }
    let Unloads { done, busy, held } = unloads;
    println!("unloads {done}, refused as busy {busy}, as held {held}, in {took:.1?}");
    let (resident, mappings) = (memory::resident() / 1024, memory::mappings());
    println!("resident {resident} kB, {mappings} mappings");
    assert!(done > 0, "no unload ever succeeded");
}

fn unload(kernel: &'static Kernel, shared: &Shared, module: &str, unloads: &mut Unloads) {
    match kernel.unload(module) {
        Ok(()) => unloads.done += 1,
        Err(UnloadError::NotLoaded { .. }) => thread::yield_now(),
        Err(error) => {
            match error {
                UnloadError::Busy { .. } => unloads.busy += 1,
                UnloadError::Held { .. } => unloads.held += 1,
                error => panic!("{error}"),
            }
            if module == "soak" {
                shared.refused.fetch_add(1, Relaxed);
            }
            thread::yield_now();
        }
    }
}
