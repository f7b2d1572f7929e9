//! `soak`: does a little of everything that a call can do.

use dlkm_rt::{Held, LoadError, module};
use scenario_soak_api::soak;

/// The driver.
pub struct Driver;

#[module(desc = "does a little of everything")]
impl scenario_soak_api::Soak for Driver {
    fn add(a: u64, b: u64) -> Result<u64, LoadError> {
        Ok(a.wrapping_add(b))
    }

    fn call(body: &mut dyn FnMut()) -> Result<(), LoadError> {
        body();
        Ok(())
    }

    fn panic(text: &str) -> Result<(), LoadError> {
        panic!("{text}")
    }

    fn deep(n: u64) -> Result<u64, LoadError> {
        match n {
            0 => Ok(0),
            n => Ok(n + soak::deep(n - 1)?),
        }
    }

    fn text(n: usize) -> Result<String, LoadError> {
        Ok("x".repeat(n))
    }

    fn numbers(n: u64) -> Result<Held<Box<dyn Iterator<Item = u64> + Send>>, LoadError> {
        Ok(Held::new(Box::new(0..n)))
    }

    fn peek(a: u64, b: u64) -> Option<u64> {
        Some(a.wrapping_add(b))
    }
}
