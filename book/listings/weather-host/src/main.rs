//! Asks for the weather. The first argument is the module root.

use std::env;
use std::error::Error;

use dlkm_rt::{Kernel, ModuleRoot};
use weather_api::weather;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = env::args_os().nth(1).unwrap_or_else(|| "modules".into());
    // SAFETY: the book's tests build the images, or spoil them on purpose.
    let root = unsafe { ModuleRoot::trusted(folder) };
    Kernel::boot(root)?;
    match weather::last(7) {
        Ok(reading) => println!("station 7: {} degrees", reading.celsius),
        Err(error) => println!("{error}"),
    }
    match weather::stations() {
        Ok(numbers) => println!("stations: {numbers:?}"),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
