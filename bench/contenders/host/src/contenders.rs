//! Everything that can be called again and again, by name.

use std::sync::atomic::{AtomicPtr, Ordering};

use abi_stable::library::RootModule;
use bench_api::{Sum, sum};
use bench_measure::Contender;
use dlopen2::wrapper::{Container, WrapperApi};
use libloading::os::unix::{Library, RTLD_LOCAL, RTLD_NOW};
use peer_types::with_abi_stable::AdderRef;
use peer_types::with_stabby::{AdderDyn, Object};
use stabby::libloading::StabbyLibrary;

use crate::{guards, place};

bench_api::stubs!();

/// The function in the plain shared object.
pub(crate) type Plain = extern "C" fn(u64, u64) -> u64;

/// A way to call `add`, which is inlined into its loop. What it needs is behind a `&'static`: in
/// registers the compiler would keep what any program has to load for each call.
pub(crate) fn contender(
    name: &str,
    add: impl Fn(u64, u64) -> u64 + Copy + Sync + 'static,
) -> Contender {
    of_sum(name, move |count| sum(count, add))
}

fn of_sum(name: &str, sum: impl Fn(u64) -> u64 + Sync + 'static) -> Contender {
    Contender {
        name: name.to_owned(),
        sum: Box::new(sum),
        expected: bench_api::expected,
    }
}

/// The one that others are compared with.
pub(crate) const SLOT: &str = "slot";

/// All of them, each set up. Boots the kernel and loads the modules.
pub(crate) fn all() -> Vec<Contender> {
    place::boot();
    let mut all = plain();
    all.extend(peers());
    // The weak stubs' modules are loaded by the strong ones.
    assert_eq!(bench_api::resident::add(1, 2), 3);
    assert_eq!(bench_api::transient::add(1, 2), 3);
    for (which, (name, sum)) in STUBS.iter().enumerate() {
        let sum: Sum = *sum;
        all.push(of_sum(&format!("dlkm {name}"), sum));
        let inside = move |count| bench_api::inside::sum(which, count).expect("it was built");
        all.push(of_sum(&format!("dlkm {name}, from a module"), inside));
    }
    all
}

#[inline(never)]
fn direct(a: u64, b: u64) -> u64 {
    a.wrapping_add(b)
}

unsafe extern "C" {
    /// In the shared object that `build.rs` makes.
    safe fn linked_add(a: u64, b: u64) -> u64;
    /// `bench_api::sum` of it, in C.
    safe fn linked_sum(count: u64) -> u64;
}

static SLOT_OF_ADD: AtomicPtr<()> = AtomicPtr::new(std::ptr::null_mut());

#[derive(WrapperApi)]
struct Dlopen2 {
    plain_add: extern "C" fn(a: u64, b: u64) -> u64,
}

/// A library that stays, with what is in it.
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
    // SAFETY: as for `open`.
    let container = unsafe { Container::<Dlopen2>::load(place::peer("peer_plain")) };
    let container: &'static _ = Box::leak(Box::new(container.expect("it was built")));
    let mut all = vec![
        contender("direct", direct),
        contender(SLOT, |a, b| {
            // Acquire: with the Release of the one who loads.
            let add = SLOT_OF_ADD.load(Ordering::Acquire);
            // SAFETY: what was stored above, a function of this type.
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

/// What hot-lib-reloader makes of `peer_plain`.
#[hot_lib_reloader::hot_module(dylib = "peer_plain", lib_dir = crate::place::folder())]
pub(crate) mod hot {
    #[hot_functions]
    extern "Rust" {
        pub fn hot_add(a: u64, b: u64) -> u64;
    }
}

/// abi_stable's root module.
pub(crate) fn abi_stable() -> AdderRef {
    AdderRef::load_from_file(&place::peer("peer_abi_stable")).expect("it was built")
}

/// stabby's object.
pub(crate) fn stabby() -> Object {
    // SAFETY: the benchmark's own shared object, whose constructors do nothing.
    let library = unsafe { libloading::Library::new(place::peer("peer_stabby")) };
    // It stays, as the object's code is in it.
    let library = Box::leak(Box::new(library.expect("it was built")));
    // SAFETY: stabby compares the type with the module's.
    let make = unsafe { library.get_stabbied::<extern "C" fn() -> Object>(b"make_adder") };
    make.expect("it is exported")()
}

fn peers() -> Vec<Contender> {
    let root: &'static AdderRef = Box::leak(Box::new(abi_stable()));
    let object: &'static Object = Box::leak(Box::new(stabby()));
    vec![
        contender("abi_stable, root module", move |a, b| root.add()(a, b)),
        contender("stabby, `dynptr`", move |a, b| object.add(a, b)),
        contender("hot-lib-reloader", hot::hot_add),
    ]
}
