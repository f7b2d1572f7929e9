//! `keeper`: returns trait objects, closures, functions, statics and errors of its own.

use std::error::Error;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;
use std::{fmt, fs, io, panic};

use dlkm_rt::{Held, LoadError, module};
use scenario_api::{Stumble, Walk};

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Keeper for Driver {
    fn walk(start: u64) -> Result<Held<Box<dyn Walk>>, LoadError> {
        Ok(Held::new(Box::new(Straight(start))))
    }

    fn grave() -> Result<Held<Box<dyn Walk>>, LoadError> {
        Ok(Held::new(Box::new(Grave)))
    }

    fn stumbler() -> Result<Held<Box<dyn Stumble + Send>>, LoadError> {
        Ok(Held::new(Box::new(Stumbler::default())))
    }

    fn adder(more: u64) -> Result<Held<Box<dyn Fn(u64) -> u64 + Send + Sync>>, LoadError> {
        Ok(Held::new(Box::new(move |number| {
            number.checked_add(more).expect("a small sum")
        })))
    }

    fn double() -> Result<Held<fn(u64) -> u64>, LoadError> {
        Ok(Held::new(|number| 2 * number))
    }

    fn motto() -> Result<Held<&'static str>, LoadError> {
        Ok(Held::new("keep what you promise"))
    }

    fn numbers(end: u64) -> Result<Held<Box<dyn Iterator<Item = u64>>>, LoadError> {
        Ok(Held::new(Box::new(0..end)))
    }

    fn measure(path: &str) -> Result<u64, Held<io::Error>> {
        let about = fs::metadata(path).map_err(|error| io::Error::other(Mine(error)))?;
        Ok(about.len())
    }

    fn fail() -> Result<(), Held<Box<dyn Error + Send + Sync>>> {
        let inner = io::Error::other("the very inside");
        Err(Held::new(Box::new(Mine(inner))))
    }
}

struct Straight(u64);

impl Walk for Straight {
    fn step(&mut self) -> u64 {
        self.0 += 1;
        self.0
    }
}

#[derive(Default)]
struct Stumbler {
    lock: Mutex<()>,
    dropped: u64,
}

struct CountsDrop<'a>(&'a mut u64);

impl Drop for CountsDrop<'_> {
    fn drop(&mut self) {
        *self.0 += 1;
    }
}

#[inline(never)]
fn fall(text: &str) -> u64 {
    panic!("{text}")
}

impl Stumble for Stumbler {
    fn stumble(&mut self, text: &str) -> u64 {
        let _locked = self.lock.lock();
        let _counts = CountsDrop(&mut self.dropped);
        fall(text)
    }

    fn recover(&self, text: &str) -> String {
        let payload = panic::catch_unwind(|| fall(text)).expect_err("it panics");
        *payload.downcast().expect("its own String")
    }

    fn shelter(&self, body: &mut dyn FnMut()) -> String {
        let payload = panic::catch_unwind(AssertUnwindSafe(body)).expect_err("it panics");
        *payload.downcast().expect("its own String")
    }

    fn within(&self, body: &mut dyn FnMut()) {
        body();
    }

    fn left(&self) -> (bool, u64) {
        (self.lock.is_poisoned(), self.dropped)
    }
}

struct Grave;

impl Walk for Grave {
    fn step(&mut self) -> u64 {
        0
    }
}

impl Drop for Grave {
    fn drop(&mut self) {
        panic!("not yet");
    }
}

#[derive(Debug)]
struct Mine(io::Error);

impl fmt::Display for Mine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an error of the module's own")
    }
}

impl Error for Mine {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}
