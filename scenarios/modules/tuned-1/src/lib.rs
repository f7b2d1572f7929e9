//! `tuned`: has tunables of each type. Version 2 is this source, and has other ones.
#![deny(unsafe_code, missing_docs, warnings)]

use std::sync::Mutex;
use std::time::Duration;

use dlkm_rt::{LoadArg, LoadError, Size, Tunable, TunableChoice, module, tunable};
use scenario_api::plan;

/// The driver.
pub struct Driver;

/// What a write does.
#[derive(Clone, Copy, Debug, TunableChoice)]
enum Mode {
    WriteBack,
    WriteThrough,
}

#[cfg(not(feature = "later"))]
const MOST: u32 = 4096;
#[cfg(feature = "later")]
const MOST: u32 = 64;

/// How many segments there are.
#[tunable(range = 1..=MOST, desc = "how many segments there are", dynamic, changed = resized)]
static SEGMENTS: Tunable<u32> = Tunable::new(40);

#[tunable(desc = "whether each write is waited for")]
static SYNC: Tunable<bool> = Tunable::new(true);

#[cfg(not(feature = "later"))]
#[tunable(range = -8..=8)]
static LEVEL: Tunable<i8> = Tunable::new(-1);

/// Only in version 2.
#[cfg(feature = "later")]
#[tunable]
static LEVELS: Tunable<u16> = Tunable::new(3);

#[tunable(range = 0.0..=1.0, dynamic)]
static RATIO: Tunable<f32> = Tunable::new(0.1);

#[tunable(dynamic, changed = greets)]
static GREETING: Tunable<&str> = Tunable::new("hello");

#[tunable(dynamic)]
static MODE: Tunable<Mode> = Tunable::new(Mode::WriteBack);

#[tunable(dynamic, range = Duration::from_millis(1)..)]
static PERIOD: Tunable<Duration> = Tunable::new(Duration::from_secs(90));

mod inner {
    use super::{Size, Tunable, tunable};

    #[tunable(range = Size::kib(4)..=Size::gib(1))]
    pub(super) static CACHE_SIZE: Tunable<Size> = Tunable::new(Size::mib(3));
}

/// What the load hook found.
static AT_LOAD: Mutex<String> = Mutex::new(String::new());

#[module(load = load)]
impl scenario_api::Tuned for Driver {
    fn now() -> Result<String, LoadError> {
        Ok(now())
    }

    fn at_load() -> Result<String, LoadError> {
        Ok(AT_LOAD.lock().expect("no panic").clone())
    }

    fn segments() -> Result<u32, LoadError> {
        Ok(SEGMENTS.get())
    }

    fn greeting() -> Result<String, LoadError> {
        Ok(GREETING.get().to_string())
    }
}

fn load(_: &LoadArg) -> Result<(), String> {
    *AT_LOAD.lock().expect("no panic") = now();
    Ok(())
}

fn now() -> String {
    #[cfg(not(feature = "later"))]
    let levels = LEVEL.get();
    #[cfg(feature = "later")]
    let levels = LEVELS.get();
    format!(
        "{} {} {levels} {} {} {:?} {:?} {}",
        SEGMENTS.get(),
        SYNC.get(),
        RATIO.get(),
        GREETING.get(),
        MODE.get(),
        PERIOD.get(),
        inner::CACHE_SIZE.get()
    )
}

fn resized(new: &u32) -> Result<(), String> {
    let before = SEGMENTS.get();
    match new {
        13 => Err(format!("13 is unlucky, and {before} was not")),
        14 => panic!("14 is worse"),
        15 => plan::ask("resized").map_or_else(|error| Err(error.to_string()), |_| Ok(())),
        _ => Ok(()),
    }
}

fn greets(new: &str) -> Result<(), &'static str> {
    match new {
        "" => Err("a greeting has a word"),
        _ => Ok(()),
    }
}
