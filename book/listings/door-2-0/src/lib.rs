//! The module `door`, version 2.0.0.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use dlkm_rt::{Errno, LoadArg, LoadError, module};

/// The driver.
pub enum Driver {}

static GUESTS: AtomicU64 = AtomicU64::new(0);

#[module(desc = "Greets politely", load = load, save = save)]
impl door_api::Door for Driver {
    fn enter(name: &str) -> Result<String, LoadError> {
        let number = GUESTS.fetch_add(1, Relaxed) + 1;
        Ok(format!("Welcome, {name}! You are number {number}."))
    }

    fn open() -> Result<bool, LoadError> {
        Ok(true)
    }
}

// ANCHOR: load
fn load(arg: &LoadArg) -> Result<(), String> {
    match arg.state() {
        // This is a load, or an upgrade from a version without a save hook.
        None => Ok(()),
        Some([1, guests @ ..]) => {
            let guests = guests.try_into().map_err(|_| "the state is cut short")?;
            GUESTS.store(u64::from_le_bytes(guests), Relaxed);
            Ok(())
        }
        Some(_) => Err("the state has a format of later".to_owned()),
    }
}
// ANCHOR_END: load

fn save(_: &LoadArg) -> Result<Vec<u8>, Errno> {
    let mut state = vec![1];
    state.extend(GUESTS.load(Relaxed).to_le_bytes());
    Ok(state)
}
