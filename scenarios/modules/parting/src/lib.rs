//! `parting`: calls `counter` in a destructor, while the dynamic linker closes the image.

use std::fs;
use std::sync::OnceLock;

use dlkm_rt::{LoadError, module};
use scenario_api::counter;

/// The driver.
pub struct Driver;

/// Where the destructor writes what it met.
static FILE: OnceLock<String> = OnceLock::new();

#[unsafe(link_section = ".fini_array")]
#[used]
static END: extern "C" fn() = end;

extern "C" fn end() {
    let Some(file) = FILE.get() else { return };
    let strong = match counter::count() {
        Ok(count) => count.to_string(),
        Err(error) => error.to_string(),
    };
    let weak = counter::peek();
    let orphan = counter::during(&mut || {});
    // A destructor has no caller to report a failure to.
    let _ = fs::write(file, format!("{strong}\n{weak}\n{orphan}\n"));
}

#[module]
impl scenario_api::Parting for Driver {
    fn note(file: &str) -> Result<(), LoadError> {
        FILE.get_or_init(|| file.to_owned());
        Ok(())
    }
}
