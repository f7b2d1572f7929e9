//! A host whose modules and libraries are C code that calls through stub modules:
//! `scenario-stubs-host WHAT ROOT [LIBRARY]`.

use std::error::Error;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use dlkm_rt::{BootOptions, Event, Kernel, ModuleRoot};
use libloading::Library;
use scenario_stubs_api::{buyer, drawer};

type Answer<T> = Result<T, Box<dyn Error>>;

fn main() -> Answer<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["figure", root] => figure(root.as_ref()),
        ["join", root, library] => join(root.as_ref(), library.as_ref()),
        ["late", root, library] => late(root.as_ref(), library.as_ref()),
        ["fire", root, library] => fire(root.as_ref(), library.as_ref()),
        ["core", root] => core(root.as_ref()),
        _ => Err(format!("unknown arguments: {arguments:?}").into()),
    }
}

/// Boots a kernel that prints what it loads, and for whom.
fn boot(root: &Path) -> Answer<&'static Kernel> {
    let observer = |event: &Event<'_>| match event {
        Event::Loaded {
            module, asked_by, ..
        } => println!("{} for {asked_by}", module.name()),
        Event::LoadFailed { error, .. } => println!("failed: {error}"),
        _ => {}
    };
    // SAFETY: the test has just built everything that is in it.
    let root = unsafe { ModuleRoot::trusted(root) };
    Ok(BootOptions::new().observe(observer).boot(root)?)
}

/// Module `buyer` calls the stub module of `till`, which loads `till`: figures 3 and 4 of the seeds.
fn figure(root: &Path) -> Answer<()> {
    boot(root)?;
    println!("bought: {}", buyer::buyer_buy(5));
    println!("bought: {}", buyer::buyer_buy(6));
    Ok(())
}

/// A function of a C library that the host opens, as a plugin is.
fn function<T: Copy>(library: &'static Library, name: &str) -> Answer<T> {
    // SAFETY: the test compiled the library, and `T` is the function's type there.
    Ok(unsafe { *library.get::<T>(name.as_bytes())? })
}

fn open(library: &Path) -> Answer<&'static Library> {
    // SAFETY: the test compiled the library, which has no constructors.
    Ok(Box::leak(Box::new(unsafe { Library::new(library)? })))
}

/// The dynamic linker maps a stub module for a library; it joins the kernel of the host.
fn join(root: &Path, library: &Path) -> Answer<()> {
    let library = open(library)?;
    let buy: extern "C" fn(u64) -> u64 = function(library, "shop_buy")?;
    let is_open: extern "C" fn() -> i32 = function(library, "shop_is_open")?;
    println!("open, without a kernel: {}", is_open());
    let kernel = boot(root)?;
    println!("open: {}", is_open());
    println!("bought: {}", buy(7));
    println!("open: {}", is_open());
    println!("{}", kernel.unload("till_stub").unwrap_err());
    println!("{}", kernel.upgrade("till_stub").unwrap_err());
    for module in kernel.modules() {
        println!("{} {}", module.name(), module.state());
    }
    Ok(())
}

/// The library calls before the host has booted a kernel, and the host boots none afterwards.
fn late(root: &Path, library: &Path) -> Answer<()> {
    let buy: extern "C" fn(u64) -> u64 = function(open(library)?, "shop_buy")?;
    println!("bought: {}", buy(7));
    // The stub module has booted a kernel, which is the only one of the process.
    println!("booted: {}", boot(root).is_ok());
    println!("bought: {}", buy(8));
    Ok(())
}

/// The host unloads `drawer` again and again, while threads call it through a stub module.
fn fire(root: &Path, library: &Path) -> Answer<()> {
    const THREADS: u64 = 2;
    const UNLOADS: u64 = 50;
    let kernel = boot(root)?;
    let library = open(library)?;
    let put: extern "C" fn(u64) -> u64 = function(library, "shop_put")?;
    let coins: extern "C" fn() -> i64 = function(library, "shop_coins")?;
    assert_eq!(coins(), -1, "weak: nothing is loaded for it");
    static CALLS: AtomicU64 = AtomicU64::new(0);
    static DONE: AtomicBool = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while !DONE.load(Relaxed) {
                    assert_ne!(put(1), 0, "the module is loaded for each call");
                    assert!(coins() >= -1);
                    CALLS.fetch_add(1, Relaxed);
                    // Otherwise hardly a moment would be without a call.
                    std::thread::yield_now();
                }
            });
        }
        let mut unloads = 0;
        while unloads < UNLOADS {
            // Also by a call of the host's own, so that both count.
            drawer::drawer_put(1);
            unloads += u64::from(kernel.unload("drawer").is_ok());
        }
        DONE.store(true, Relaxed);
    });
    assert!(CALLS.load(Relaxed) > 0);
    // A call that is in the module holds it, whichever way it came.
    let wait: extern "C" fn(extern "C" fn()) -> i32 = function(library, "shop_wait")?;
    extern "C" fn inside() {
        let kernel = Kernel::get().expect("booted above");
        println!("{}", kernel.unload("drawer").unwrap_err());
    }
    assert_eq!(wait(inside), 0);
    println!("unloaded: {}", kernel.unload("drawer").is_ok());
    Ok(())
}

/// The stub module is linked into the program, whose own C code calls it.
#[cfg(feature = "c-code")]
fn core(root: &Path) -> Answer<()> {
    unsafe extern "C" {
        safe fn core_total() -> u64;
        safe fn core_is_open() -> i32;
    }
    println!("total, without a kernel: {}", core_total());
    let kernel = boot(root)?;
    println!("open: {}", core_is_open());
    println!("total: {}", core_total());
    println!("open: {}", core_is_open());
    for module in kernel.modules() {
        let place = if module.is_static() {
            "static"
        } else {
            "image"
        };
        println!("{} {} {place}", module.name(), module.state());
    }
    Ok(())
}

#[cfg(not(feature = "c-code"))]
fn core(_: &Path) -> Answer<()> {
    Err("built without the feature `c-code`".into())
}
