//! `veteran`: calls `counter` through a version of the interface whose calls take no hold.

use std::thread;

use dlkm_rt::{LoadError, module};
use scenario_api::plan;

use old::counter;

/// Before a call of `counter` took a hold.
mod old {
    use dlkm_rt::module;

    #[allow(dead_code, reason = "its stubs are wanted, not the trait")]
    #[module(name = "counter")]
    pub(crate) trait Counter {
        /// Calls `body` from inside the module.
        #[stub(or = not_run)]
        fn during(body: &mut dyn FnMut()) -> bool;
    }

    fn not_run(_: &mut dyn FnMut()) -> bool {
        false
    }
}

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
