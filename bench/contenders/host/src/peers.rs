//! dlkm's peers: opens the module of each.

use abi_stable::library::RootModule;
use bench_measure::Contender;
use peer_types::with_abi_stable::AdderRef;
use peer_types::with_stabby::{AdderDyn, Object};
use stabby::libloading::StabbyLibrary;

use crate::contender::contender;
use crate::place;

/// What hot-lib-reloader makes of `peer_plain`.
#[hot_lib_reloader::hot_module(dylib = "peer_plain", lib_dir = crate::place::folder())]
pub(crate) mod hot {
    #[hot_functions]
    extern "Rust" {
        pub fn hot_add(a: u64, b: u64) -> u64;
    }
}

/// The root module of abi_stable.
pub(crate) fn abi_stable() -> AdderRef {
    AdderRef::load_from_file(&place::peer("peer_abi_stable")).expect("it was built")
}

/// The object of stabby.
pub(crate) fn stabby() -> Object {
    // SAFETY: the benchmark's own shared object, whose constructors do nothing.
    let library = unsafe { libloading::Library::new(place::peer("peer_stabby")) };
    // It stays open, as the object's code is in it.
    let library = Box::leak(Box::new(library.expect("it was built")));
    // SAFETY: stabby compares the type with the module's.
    let make = unsafe { library.get_stabbied::<extern "C" fn() -> Object>(b"make_adder") };
    make.expect("it is exported")()
}

/// All of them, each loaded.
pub(crate) fn contenders() -> Vec<Contender> {
    let root: &'static AdderRef = Box::leak(Box::new(abi_stable()));
    let object: &'static Object = Box::leak(Box::new(stabby()));
    vec![
        contender("abi_stable, root module", move |a, b| root.add()(a, b)),
        contender("stabby, `dynptr`", move |a, b| object.add(a, b)),
        contender("hot-lib-reloader", hot::hot_add),
    ]
}
