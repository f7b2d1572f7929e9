//! `gallery`: calls through a switch table.
#![deny(unsafe_code, missing_docs, warnings)]

use dlkm_rt::module;
use scenario_api::{Missing, figuresw};

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Gallery for Driver {
    fn area_of(key: &str, side: u64) -> Result<u64, Missing> {
        let entry = figuresw::get(key).map_err(|error| Missing::Figure(error.to_string()))?;
        Ok(entry.area(side)?)
    }
}
