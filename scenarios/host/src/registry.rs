//! The static module `registry`: callbacks that modules register with the host.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use dlkm_rt::{Held, LoadError, module};

type Callback = Held<Box<dyn Fn(u64) -> u64 + Send + Sync>>;

struct Callbacks;

#[module(desc = "callbacks of modules")]
impl scenario_api::Registry for Callbacks {
    fn register(name: &str, callback: Callback) -> Result<(), LoadError> {
        callbacks().insert(name.to_owned(), callback);
        Ok(())
    }

    fn unregister(name: &str) -> Result<bool, LoadError> {
        Ok(callbacks().remove(name).is_some())
    }
}

static CALLBACKS: Mutex<BTreeMap<String, Callback>> = Mutex::new(BTreeMap::new());

fn callbacks() -> MutexGuard<'static, BTreeMap<String, Callback>> {
    CALLBACKS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Calls the callback of that name, if there is one.
pub(crate) fn call(name: &str, number: u64) -> Option<u64> {
    callbacks().get(name).map(|callback| callback(number))
}
