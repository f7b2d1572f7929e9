//! The module `greet`.

use std::env;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use dlkm_rt::{Errno, LoadArg, LoadError, module};
use greet_api::Greet;

/// Represents the module. It has no values.
pub enum Driver {}

#[module(
    kind = "misc",
    desc = "Greets in three languages",
    load = init,
    unload = fini,
)]
impl Greet for Driver {
    fn greeting(name: &str) -> Result<String, LoadError> {
        GREETED.fetch_add(1, Relaxed);
        let word = *WORD.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(format!("{word}, {name}!"))
    }

    fn greeted() -> u64 {
        GREETED.load(Relaxed)
    }
}

static GREETED: AtomicU64 = AtomicU64::new(0);
static WORD: Mutex<&str> = Mutex::new("");

/// Runs before the first call. An error keeps the module from being loaded.
fn init(_: &LoadArg) -> Result<(), String> {
    let language = env::var("GREET_LANGUAGE").unwrap_or_else(|_| "en".to_owned());
    let word = match &*language {
        "de" => "Hallo",
        "en" => "Hello",
        "fi" => "Hei",
        other => return Err(format!("no greetings in `{other}`")),
    };
    *WORD.lock().unwrap_or_else(PoisonError::into_inner) = word;
    Ok(())
}

/// Runs after the last call. An error cancels the unload.
fn fini(_: &LoadArg) -> Result<(), Errno> {
    match env::var_os("GREET_STAY") {
        Some(_) => Err(Errno::EBUSY),
        None => Ok(()),
    }
}
