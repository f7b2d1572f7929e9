//! `square`: a figure of a switch table, with two keys and a magic number.
#![deny(unsafe_code, missing_docs, warnings)]

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use dlkm_rt::{Held, LoadError, module};
use scenario_api::Drawing;

/// The driver.
pub struct Driver;

static ASKED: AtomicU64 = AtomicU64::new(0);

#[module(name = "square", keys = ["square", "sq"], magic = [b"SQ"], extensions = ["sqr"])]
impl scenario_api::Figure for Driver {
    fn area(side: u64) -> Result<u64, LoadError> {
        // Relaxed: the count says nothing about other memory.
        ASKED.fetch_add(1, Relaxed);
        Ok(side * side)
    }

    fn asked() -> u64 {
        ASKED.load(Relaxed)
    }

    fn draw(side: u64) -> Result<Held<Box<dyn Drawing>>, LoadError> {
        Ok(Held::new(Box::new(Lines(side))))
    }

    fn during(body: &mut dyn FnMut()) -> bool {
        body();
        true
    }
}

struct Lines(u64);

impl Drawing for Lines {
    fn lines(&self) -> Vec<String> {
        (0..self.0).map(|_| "#".repeat(self.0 as usize)).collect()
    }
}
