//! The module `door`, version 1.0.0.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use dlkm_rt::{Errno, LoadArg, LoadError, module};

/// The driver.
pub enum Driver {}

static GUESTS: AtomicU64 = AtomicU64::new(0);

#[module(desc = "Greets shortly", save = save)]
impl door_api::Door for Driver {
    fn enter(name: &str) -> Result<String, LoadError> {
        let number = GUESTS.fetch_add(1, Relaxed) + 1;
        Ok(format!("{name}: number {number}"))
    }

    fn open() -> Result<bool, LoadError> {
        Ok(true)
    }
}

/// Returns the number of the format, then the number of guests.
fn save(_: &LoadArg) -> Result<Vec<u8>, Errno> {
    let mut state = vec![1];
    state.extend(GUESTS.load(Relaxed).to_le_bytes());
    Ok(state)
}
