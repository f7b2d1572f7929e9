//! Unloads a module, or tries to. The first argument is the module root.

use std::env;
use std::error::Error;

use dlkm_rt::{Event, Kernel, ModuleRoot, Observer};
use ticker_api::ticker;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).unwrap_or_else(|| "modules".into());
    // SAFETY: the book's tests build the image.
    let root = unsafe { ModuleRoot::trusted(folder) };
    let kernel = Kernel::boot(root)?;
    kernel.observe(Log);

    // ANCHOR: tries
    ticker::after_tick(&mut || unload(kernel))?;

    ticker::start()?;
    ticker::tick()?;
    ticker::tick()?;
    unload(kernel);
    println!("{} ticks", ticker::stop()?);
    unload(kernel);

    ticker::forget()?;
    unload(kernel);
    // ANCHOR_END: tries
    Ok(())
}

fn unload(kernel: &Kernel) {
    if let Err(error) = kernel.unload("ticker") {
        println!("{error}");
    }
}

// ANCHOR: log
/// Prints what happens to modules.
struct Log;

impl Observer for Log {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Unloaded {
                module,
                kept: Some(kept),
                ..
            } => println!("[{module} unloaded; its code stays: {kept}]"),
            Event::Unloaded { module, .. } => println!("[{module} unloaded]"),
            _ => {}
        }
    }
}
// ANCHOR_END: log
