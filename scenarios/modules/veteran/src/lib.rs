//! `veteran`: calls `counter` through a version of the interface whose calls take no hold.

use std::thread;

use dlkm_rt::{LoadError, module};
use scenario_api::plan;
use scenario_old_api::load_only::counter;

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Veteran for Driver {
    fn linger() -> Result<(), LoadError> {
        // It is never joined.
        thread::spawn(|| counter::during(&mut || drop(plan::ask("veteran"))));
        Ok(())
    }
}
