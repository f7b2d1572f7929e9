//! Guards that a program writes by hand to unload a library while other threads call it. Each
//! keeps calls apart from the unload.

use std::sync::atomic::{AtomicPtr, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use arc_swap::ArcSwapOption;
use bench_measure::Contender;
use crossbeam_epoch::Atomic;
use seize::{Collector, Guard};

use crate::contender::{Plain, contender};

/// What an unload would free.
struct Plugin {
    add: Plain,
}

fn leak<T>(value: T) -> &'static T {
    Box::leak(Box::new(value))
}

/// The guards around `add`.
pub(crate) fn contenders(add: Plain) -> Vec<Contender> {
    let lock = leak(RwLock::new(Some(Plugin { add })));
    let shared = leak(Arc::new(Plugin { add }));
    let swapped = leak(ArcSwapOption::from_pointee(Plugin { add }));
    let epoch = leak(Atomic::new(Plugin { add }));
    let collector = leak(Collector::new());
    let protected = leak(AtomicPtr::new(Box::into_raw(Box::new(Plugin { add }))));
    vec![
        contender("by hand: `RwLock<Option<_>>`", move |a, b| {
            let plugin = lock.read().unwrap_or_else(PoisonError::into_inner);
            plugin.as_ref().map_or(0, |plugin| (plugin.add)(a, b))
        }),
        contender("by hand: `Arc` cloned for the call", move |a, b| {
            let plugin = Arc::clone(shared);
            (plugin.add)(a, b)
        }),
        contender("arc-swap", move |a, b| {
            let plugin = swapped.load();
            plugin.as_ref().map_or(0, |plugin| (plugin.add)(a, b))
        }),
        contender("crossbeam-epoch", move |a, b| {
            let guard = crossbeam_epoch::pin();
            let plugin = epoch.load(Ordering::Acquire, &guard);
            // SAFETY: the plugin is never freed, and the guard would delay that.
            let plugin = unsafe { plugin.as_ref() };
            plugin.map_or(0, |plugin| (plugin.add)(a, b))
        }),
        contender("seize", move |a, b| {
            let guard = collector.enter();
            let plugin = guard.protect(protected, Ordering::Acquire);
            // SAFETY: the pointer is from `Box::into_raw`, and the plugin is never retired.
            let plugin = unsafe { plugin.as_ref() };
            plugin.map_or(0, |plugin| (plugin.add)(a, b))
        }),
    ]
}
