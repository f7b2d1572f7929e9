//! `edition`: each edition is this source under another version.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use dlkm_rt::{Held, LoadArg, LoadError, module};
use scenario_api::{Orders, Teller, plan};

/// The driver.
pub struct Driver;

const NUMBER: u64 = match env!("CARGO_PKG_VERSION_MAJOR").as_bytes() {
    b"1" => 1,
    _ => 2,
};

static COUNT: AtomicU64 = AtomicU64::new(0);

static TOLD: Mutex<String> = Mutex::new(String::new());

struct Cling;

impl Drop for Cling {
    fn drop(&mut self) {}
}

thread_local!(static CLING: Cling = const { Cling });

#[module(
    desc = "an edition of a module; a scenario may write further metadata in place of this text, \
            which is long enough for that",
    load = load,
    unload = unload,
    save = save,
)]
impl scenario_api::Edition for Driver {
    fn number() -> Result<u64, LoadError> {
        Ok(NUMBER)
    }

    fn tick() -> Result<u64, LoadError> {
        Ok(COUNT.fetch_add(1, Relaxed) + 1)
    }

    fn cling() -> Result<(), LoadError> {
        CLING.with(|_| Ok(()))
    }

    fn within(body: &mut dyn FnMut()) -> u64 {
        body();
        NUMBER
    }

    fn loaded() -> u64 {
        NUMBER
    }

    fn teller() -> Result<Held<Teller>, LoadError> {
        Ok(Held::new(Box::new(|| NUMBER)))
    }

    fn told() -> Result<String, LoadError> {
        Ok(TOLD.lock().expect("no panic").clone())
    }

    fn stumble(body: &mut dyn FnMut()) -> u64 {
        body();
        panic!("edition {NUMBER} stumbles")
    }

    fn keep() -> Result<u64, LoadError> {
        Ok(NUMBER)
    }
}

fn load(arg: &LoadArg) -> Result<(), String> {
    obey("load")?;
    if let Some(from) = arg.upgrade_from() {
        let count = arg.state().and_then(|state| state.try_into().ok());
        let count = count.map(u64::from_le_bytes);
        COUNT.store(count.unwrap_or(0), Relaxed);
        *TOLD.lock().expect("no panic") = format!("from {from}, {count:?}");
    }
    Ok(())
}

fn save(_: &LoadArg) -> Result<Vec<u8>, String> {
    obey("save")?;
    Ok(COUNT.load(Relaxed).to_le_bytes().to_vec())
}

fn unload(_: &LoadArg) -> Result<(), String> {
    obey("unload")
}

fn obey(hook: &str) -> Result<(), String> {
    match plan::ask(&format!("edition {NUMBER} {hook}")) {
        Ok(Orders::Succeed) => Ok(()),
        Ok(Orders::Fail) => Err(format!("{hook} of {NUMBER} refuses")),
        Ok(Orders::Panic) => panic!("{hook} of {NUMBER} went wrong"),
        Err(error) => Err(error.to_string()),
    }
}
