// An idle time in each unit.
#![deny(warnings)]

use std::time::Duration;

use dlkm_rt::{Kernel, LoadError, ModuleRoot, module};

#[module]
pub trait Shm {
    #[ustub]
    fn shmat() -> Result<u8, LoadError>;

    #[stub]
    fn shmget() -> Result<u8, LoadError>;
}

pub struct Driver;

#[module(name = "millis", idle = "250ms")]
impl Shm for Driver {
    fn shmat() -> Result<u8, LoadError> {
        Ok(1)
    }

    fn shmget() -> Result<u8, LoadError> {
        Ok(2)
    }
}

#[module(idle = "30s")]
mod seconds {}

#[module(idle = "2m")]
mod minutes {}

#[module(idle = "90min", states = [auto, static])]
mod more_minutes {}

#[module(idle = "8760h")]
mod hours {}

#[module]
mod without {}

fn main() {
    let kernel = Kernel::boot(ModuleRoot::none()).unwrap();
    let idle: Vec<_> = kernel
        .modules()
        .iter()
        .map(|one| (one.name().to_owned(), one.metadata().unwrap().idle()))
        .collect();
    let seconds = |number| Some(Duration::from_secs(number));
    let expected = [
        ("hours", seconds(365 * 24 * 3600)),
        ("millis", Some(Duration::from_millis(250))),
        ("minutes", seconds(120)),
        ("more_minutes", seconds(5400)),
        ("seconds", seconds(30)),
        ("without", None),
    ];
    assert!(idle.iter().map(|(name, idle)| (&**name, *idle)).eq(expected));
    // A static module is never unloaded, and may still have an idle time.
    kernel.load("seconds").unwrap();
    assert!(kernel.reap().next.is_none());
}
