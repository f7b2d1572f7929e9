//! The module `greet`.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use dlkm_rt::{LoadError, module};
use greet_api::Greet;

/// Represents the module. It has no values.
pub enum Driver {}

#[module(kind = "misc", desc = "Greets in English")]
impl Greet for Driver {
    fn greeting(name: &str) -> Result<String, LoadError> {
        GREETED.fetch_add(1, Relaxed);
        Ok(format!("Hello, {name}!"))
    }

    fn greeted() -> u64 {
        GREETED.load(Relaxed)
    }
}

static GREETED: AtomicU64 = AtomicU64::new(0);
