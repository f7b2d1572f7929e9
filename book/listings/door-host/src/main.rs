//! Upgrades module `door` while it is in use: `door-host <module root> <new image>`.

use std::env;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;

use dlkm_rt::{Kernel, LoadError, ModuleRoot};
use door_api::door;

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = env::args_os().skip(1).map(PathBuf::from);
    let (Some(root), Some(image)) = (args.next(), args.next()) else {
        return Err("usage: door-host <module root> <new image>".into());
    };
    // SAFETY: the book's tests build the images, or spoil them on purpose.
    let kernel = Kernel::boot(unsafe { ModuleRoot::trusted(&root) })?;
    println!("{}", door::enter("Ada")?);
    println!("{}", door::enter("Grace")?);

    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let watcher = scope.spawn(|| watch(&done));
        let upgraded = upgrade(kernel, &root, &image);
        done.store(true, Relaxed);
        watcher.join().expect("no panic")?;
        upgraded
    })?;
    println!("{}", door::enter("Barbara")?);
    Ok(())
}

// ANCHOR: upgrade
fn upgrade(kernel: &Kernel, root: &Path, image: &Path) -> Result<(), Box<dyn Error>> {
    install(root, image)?;
    match kernel.upgrade("door") {
        Ok(upgrade) => println!("door: {} → {}", upgrade.from, upgrade.to),
        Err(error) => println!("{error}"),
    }
    Ok(())
}

/// Renames the file into place, so that no mapped file is changed.
fn install(root: &Path, image: &Path) -> io::Result<()> {
    let part = root.join("door.part");
    fs::copy(image, &part)?;
    fs::rename(part, root.join("door.so"))
}
// ANCHOR_END: upgrade

/// Looks at the door again and again.
fn watch(done: &AtomicBool) -> Result<(), LoadError> {
    while !done.load(Relaxed) {
        assert!(door::open()?);
    }
    Ok(())
}
