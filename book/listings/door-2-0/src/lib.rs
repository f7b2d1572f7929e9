//! The module `door`, version 2.0.0.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use dlkm_rt::{LoadError, ModuleCell, module};

/// The driver.
pub enum Driver {}

static GUESTS: ModuleCell<AtomicU64> = ModuleCell::new(AtomicU64::default);

#[module(desc = "Greets politely", hand_over = [GUESTS])]
impl door_api::Door for Driver {
    fn enter(name: &str) -> Result<String, LoadError> {
        let number = GUESTS.with(|guests| guests.fetch_add(1, Relaxed)) + 1;
        Ok(format!("Welcome, {name}! You are number {number}."))
    }

    fn open() -> Result<bool, LoadError> {
        Ok(true)
    }
}
