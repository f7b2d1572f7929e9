//! `relay`: a module that calls modules.

use std::panic::{AssertUnwindSafe, catch_unwind};

use dlkm_rt::{LoadError, module};
use scenario_api::{Panic, counter, edition, keeper, panics};

/// The driver.
pub struct Driver;

#[module]
impl scenario_api::Relay for Driver {
    fn relay() -> Result<u64, LoadError> {
        counter::count()
    }

    fn relay_peek() -> Result<u64, LoadError> {
        Ok(counter::peek())
    }

    fn relay_panic() -> Result<String, LoadError> {
        // The panic is raised as one of this image, or this would abort the process.
        Ok(match catch_unwind(|| panics::panic(Panic::Str)) {
            Ok(_) => "no panic".to_owned(),
            Err(payload) => *payload.downcast::<String>().expect("a text"),
        })
    }

    fn relay_during(body: &mut dyn FnMut()) -> Result<bool, LoadError> {
        Ok(counter::during(body))
    }

    fn relay_own_callback() -> Result<String, LoadError> {
        let caught = catch_unwind(|| counter::during(&mut || panic!("the relay's own")));
        let payload = caught.expect_err("it panics");
        Ok((*payload.downcast::<&str>().expect("a text")).to_owned())
    }

    fn relay_held() -> Result<[String; 2], LoadError> {
        let mut stumbler = keeper::stumbler()?;
        let sheltered = stumbler.shelter(&mut || panic!("the relay's own"));
        let caught = catch_unwind(AssertUnwindSafe(|| stumbler.stumble("over the relay")));
        let payload = caught.expect_err("it panics");
        Ok([
            sheltered,
            *payload.downcast().expect("the relay's own String"),
        ])
    }

    fn relay_edition() -> Result<u64, LoadError> {
        edition::number()
    }

    fn relay_uncaught() -> Result<u64, LoadError> {
        Ok(panics::panic(Panic::String))
    }
}
