//! The first call, in a process of its own: loads the module and calls it once.

use std::ffi::{CStr, CString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Instant;

use crate::contender::Plain;
use crate::{peers, place};

/// A way's name, and what is timed.
type Way = (&'static str, fn() -> u64);

/// The way that the others are compared with.
const RAW: &str = "dlopen and dlsym, our image";

pub(crate) const WAYS: &[Way] = &[
    (RAW, || raw(&place::image("resident"), c"resident_add")),
    ("dlopen and dlsym, plain object", || {
        raw(&place::peer("peer_plain"), c"plain_add")
    }),
    ("libloading, our image", || {
        libloading(&place::image("resident"))
    }),
    ("dlkm strong stub", || bench_api::resident::add(1, 2)),
    ("dlkm unloadable stub", || bench_api::transient::add(1, 2)),
    ("abi_stable", || peers::abi_stable().add()(1, 2)),
    ("stabby", || {
        use peer_types::with_stabby::AdderDyn;
        peers::stabby().add(1, 2)
    }),
    ("hot-lib-reloader", || peers::hot::hot_add(1, 2)),
];

/// Prints the nanoseconds of boot, and those of the first call.
pub(crate) fn run(way: &str) {
    let found = WAYS.iter().find(|(name, _)| *name == way);
    let (_, call) = found.expect("one of the ways");
    let start = Instant::now();
    place::boot();
    let boot = start.elapsed();
    let start = Instant::now();
    let sum = call();
    let took = start.elapsed();
    assert_eq!(sum, 3);
    println!("{} {}", boot.as_nanos(), took.as_nanos());
}

fn raw(file: &Path, name: &CStr) -> u64 {
    let file = CString::new(file.as_os_str().as_bytes()).expect("no NUL in a path");
    // SAFETY: a C string, and one of the benchmark's own shared objects.
    let library = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!library.is_null(), "it was built");
    // SAFETY: an open library, and a C string.
    let add = unsafe { libc::dlsym(library, name.as_ptr()) };
    assert!(!add.is_null(), "it is exported");
    // SAFETY: that is the function's type.
    let add = unsafe { std::mem::transmute::<*mut libc::c_void, Plain>(add) };
    add(1, 2)
}

fn libloading(file: &Path) -> u64 {
    // SAFETY: one of the benchmark's own shared objects.
    let library = unsafe { libloading::Library::new(file) }.expect("it was built");
    // SAFETY: that is the function's type.
    let add = unsafe { library.get::<Plain>(b"resident_add\0") };
    let sum = add.expect("it is exported")(1, 2);
    // It stays open, as with the others.
    std::mem::forget(library);
    sum
}
