//! The first call, in a process of its own: loads the module and calls it once.

use std::ffi::{CStr, CString, c_void};
use std::fs::File;
use std::mem::ManuallyDrop;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::time::Instant;

use own::place;

use crate::contender::Plain;
use crate::contenders::linked_sum;
use crate::peers;

/// A way to make a first call.
pub(crate) struct Way {
    /// Its name in the table.
    pub(crate) name: &'static str,
    /// What comes before, and is not timed.
    before: fn(),
    /// What is timed. Its result is 3.
    call: fn() -> u64,
}

const fn way(name: &'static str, call: fn() -> u64) -> Way {
    let before = || {};
    Way { name, before, call }
}

/// Of a second module. The first one is that of the unloadable interface.
const fn second(name: &'static str, before: fn(), call: fn() -> u64) -> Way {
    Way { name, before, call }
}

/// The first way is that which the others are compared with; so is the first whose name begins with
/// `second module: `, among those.
pub(crate) const WAYS: &[Way] = &[
    way("dlopen and dlsym, our image", || {
        raw(&place::image("resident"), c"resident_add")
    }),
    way("the same, through a descriptor", raw_by_descriptor),
    way("dlopen and dlsym, plain object", || {
        raw(&place::peer("peer_plain"), c"plain_add")
    }),
    way("libloading, our image", || {
        libloading(&place::image("resident"))
    }),
    way("dlkm strong stub", || bench_api::resident::add(1, 2)),
    way("dlkm unloadable stub", || bench_api::transient::add(1, 2)),
    way("abi_stable", || peers::abi_stable().add()(1, 2)),
    way("stabby", || {
        use peer_types::with_stabby::AdderDyn;
        peers::stabby().add(1, 2)
    }),
    way("hot-lib-reloader", || peers::hot::hot_add(1, 2)),
    // One turn of the loop calls `linked_add(0, 0)`, which the dynamic linker finds then.
    way("linked, bound lazily (PLT)", || 3 + linked_sum(1)),
    second(
        "second module: dlopen and dlsym, our image",
        || {
            open(&place::image("transient"));
        },
        || raw(&place::image("resident"), c"resident_add"),
    ),
    second(
        "second module: the same, through a descriptor",
        || {
            open_by_descriptor(&place::image("transient"));
        },
        raw_by_descriptor,
    ),
    second(
        "second module: dlkm strong stub",
        || assert_eq!(bench_api::transient::add(1, 2), 3),
        || bench_api::resident::add(1, 2),
    ),
];

/// Prints the nanoseconds of boot, and those of the first call.
pub(crate) fn run(name: &str) {
    let way = WAYS.iter().find(|way| way.name == name);
    let way = way.expect("one of the ways");
    let start = Instant::now();
    place::boot();
    let boot = start.elapsed();
    (way.before)();
    let start = Instant::now();
    let sum = (way.call)();
    let took = start.elapsed();
    assert_eq!(sum, 3);
    println!("{} {}", boot.as_nanos(), took.as_nanos());
}

/// Opens a shared object, for as long as the process lives.
fn open(file: &Path) -> *mut c_void {
    let file = CString::new(file.as_os_str().as_bytes()).expect("no NUL in a path");
    // SAFETY: a C string, and one of the benchmark's own shared objects.
    let library = unsafe { libc::dlopen(file.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
    assert!(!library.is_null(), "it was built");
    library
}

/// Like [`open`], for a program that looks at a file before it opens it: no other file can take its
/// place meanwhile.
fn open_by_descriptor(file: &Path) -> *mut c_void {
    // It stays open: another one with its number would have its name, by which the dynamic linker
    // returns what it has opened under that name.
    let file = ManuallyDrop::new(File::open(file).expect("it was built"));
    open(Path::new(&format!("/proc/self/fd/{}", file.as_raw_fd())))
}

fn raw(file: &Path, name: &CStr) -> u64 {
    call(open(file), name)
}

fn raw_by_descriptor() -> u64 {
    let library = open_by_descriptor(&place::image("resident"));
    call(library, c"resident_add")
}

fn call(library: *mut c_void, name: &CStr) -> u64 {
    // SAFETY: an open library, and a C string.
    let add = unsafe { libc::dlsym(library, name.as_ptr()) };
    assert!(!add.is_null(), "it is exported");
    // SAFETY: that is the function's type.
    let add = unsafe { std::mem::transmute::<*mut c_void, Plain>(add) };
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
