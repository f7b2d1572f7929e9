//! `early`: starts a thread while it is opened, before any kernel knows the image.

use std::thread;

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[unsafe(link_section = ".init_array")]
#[used]
static START: extern "C" fn() = start;

extern "C" fn start() {
    // A constructor has no caller to report a failure to.
    let _ = thread::Builder::new().spawn(|| drop(thread::current()));
}

#[module]
impl scenario_api::Early for Driver {
    fn eight() -> Result<u64, LoadError> {
        Ok(8)
    }
}
