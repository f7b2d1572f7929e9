//! Greets the world.

use std::error::Error;
use std::process::ExitCode;

use dlkm_rt::{Kernel, ModuleRoot};
use greet_api::greet;
// Without this line, rustc would not link the driver: no other code names it.
#[cfg(feature = "static")]
use greet_driver as _;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("greet-host: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    // SAFETY: the person who installs this program also writes the folder next to it.
    let root = unsafe { ModuleRoot::beside_executable()? };
    Kernel::boot(root)?;

    println!("greetings so far: {}", greet::greeted());
    println!("{}", greet::greeting("world")?);
    println!("greetings so far: {}", greet::greeted());
    Ok(())
}
