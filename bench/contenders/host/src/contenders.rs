//! All contenders that are called in a loop.

use std::sync::atomic::{AtomicPtr, Ordering};

use bench_measure::Contender;
use dlopen2::wrapper::{Container, WrapperApi};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};

use crate::contender::{Plain, contender, of_sum};
use crate::{guards, peers, place, switches};

/// The contender that the others are compared with.
pub(crate) const SLOT: &str = "slot";

/// All contenders, each set up. Boots the kernel and loads the modules.
pub(crate) fn all() -> Vec<Contender> {
    place::boot();
    let mut all = plain();
    all.extend(peers::contenders());
    all.extend(switches::contenders());
    all.extend(own::all());
    all
}

#[inline(never)]
fn direct(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}

unsafe extern "C" {
    /// In the shared object that `build.rs` makes.
    safe fn linked_add(a: u64, b: u64) -> u64;
    /// `bench_api::sum` of it, in C, in a shared object whose calls are bound lazily.
    pub(crate) safe fn linked_sum(count: u64) -> u64;
}

static SLOT_OF_ADD: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

#[derive(WrapperApi)]
struct Dlopen2 {
    plain_add: extern "C" fn(a: u64, b: u64) -> u64,
}

/// A library that stays open.
fn open(name: &str) -> &'static Library {
    // SAFETY: the benchmark's own shared object, whose constructors do nothing.
    let library = unsafe { Library::open(Some(place::peer(name)), RTLD_NOW | RTLD_LOCAL) };
    Box::leak(Box::new(library.expect("it was built")))
}

fn plain() -> Vec<Contender> {
    let library = open("peer_plain");
    // SAFETY: that is the function's type.
    let symbol = unsafe { library.get::<Plain>(b"plain_add\0") }.expect("it is exported");
    let add = *symbol;
    let symbol: &'static _ = Box::leak(Box::new(symbol));
    // Release: with the Acquire of the loop's threads.
    SLOT_OF_ADD.store(add as *mut (), Ordering::Release);
    // SAFETY: the benchmark's own shared object, whose constructors do nothing.
    let container = unsafe { Container::<Dlopen2>::load(place::peer("peer_plain")) };
    let container: &'static _ = Box::leak(Box::new(container.expect("it was built")));
    let mut all = vec![
        contender("direct", direct),
        contender(SLOT, |a, b| {
            // Acquire: with the Release above, of the thread that loads.
            let add = SLOT_OF_ADD.load(Ordering::Acquire);
            // SAFETY: the slot has held `plain_add`, a function of this type, since before this
            // contender was made.
            let add = unsafe { std::mem::transmute::<*mut (), Plain>(add) };
            add(a, b)
        }),
        contender("linked, called from Rust (GOT)", |a, b| linked_add(a, b)),
        of_sum("linked, called from C (PLT)", |count| linked_sum(count)),
        contender("libloading, `Symbol` kept", move |a, b| symbol(a, b)),
        contender("libloading, `get` for each call", move |a, b| {
            // SAFETY: that is the function's type.
            let add = unsafe { library.get::<Plain>(b"plain_add\0") };
            add.map_or(0, |add| add(a, b))
        }),
        contender("dlopen2, `Container`", move |a, b| {
            container.plain_add(a, b)
        }),
    ];
    all.extend(guards::contenders(add));
    all
}
