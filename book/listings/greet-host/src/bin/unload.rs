//! Greets, unloads the module, and greets again.

use std::error::Error;
use std::process::ExitCode;

use dlkm_rt::{Event, Kernel, ModuleRoot, Observer};
use greet_api::greet;
#[cfg(feature = "static")]
use greet_driver as _;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("unload: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    // SAFETY: the person who installs this program also writes the folder next to it.
    let root = unsafe { ModuleRoot::beside_executable()? };
    let kernel = Kernel::boot(root)?;
    kernel.observe(Log);

    println!("{}", greet::greeting("world")?);
    println!("greetings: {}", greet::greeted());
    kernel.unload("greet")?;
    println!("greetings: {}", greet::greeted());
    println!("{}", greet::greeting("again")?);
    Ok(())
}

/// Prints what the kernel does.
struct Log;

impl Observer for Log {
    fn event(&self, event: &Event<'_>) {
        match event {
            Event::Loaded {
                module, asked_by, ..
            } => println!("[{} loaded for {asked_by}]", module.name()),
            Event::Unloaded { module, .. } => println!("[{module} unloaded]"),
            _ => {}
        }
    }
}
