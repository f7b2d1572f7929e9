//! `early`: starts a thread while it is opened, before any kernel knows of it.

use std::thread;

use dlkm_rt::{LoadError, module};

/// The driver.
pub struct Driver;

#[unsafe(link_section = ".init_array")]
#[used]
static START: extern "C" fn() = start;

extern "C" fn start() {
    // Nobody is there yet who could be told of a failure.
    let _ = thread::Builder::new().spawn(|| drop(thread::current()));
}

#[module]
impl scenario_api::Early for Driver {
    fn eight() -> Result<u64, LoadError> {
        Ok(8)
    }
}
