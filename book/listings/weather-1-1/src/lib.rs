//! The module `weather`, for version 1.1.0 of its interface.

use dlkm_rt::{LoadError, module};
use weather_api::{Reading, Weather};

/// The driver.
pub enum Driver {}

#[module(desc = "Made-up weather")]
impl Weather for Driver {
    fn last(station: u32) -> Result<Reading, LoadError> {
        Ok(Reading {
            celsius: if station == 7 { 21.5 } else { -3.0 },
            at: 1_700_000_000,
        })
    }

    fn stations() -> Result<Vec<u32>, LoadError> {
        Ok(vec![7, 12])
    }
}
