//! The module `upper`: a STREAMS module that makes capitals of what is written. It has no queue of its own,
//! so a full queue in front of it stops those behind it.

use std::sync::{Mutex, PoisonError};

use dlkm_rt::{Held, HookError, LoadArg, ModuleCell, module};
use unix_kernel::streams::{Limits, Message, Queue, Side, StreamModule, StreamsInfo, str_install};
use unix_kernel::wsio::Installed;
use unix_kernel::{Error, Fmod, OpenFlags};

/// The module.
pub struct Upper;

// ANCHOR: module
#[module(
    name = "upper",
    kind = "streams_mod",
    desc = "Makes capitals of what is written",
    load = upper_load,
)]
impl Fmod for Upper {
    fn open(_: OpenFlags) -> Result<Held<Box<dyn StreamModule>>, Error> {
        Ok(Held::new(Box::new(Upper)))
    }
}
// ANCHOR_END: module

static INSTALLED: ModuleCell<Mutex<Installed>> = ModuleCell::new(Mutex::default);

/// The argument says nothing that a STREAMS module needs, but its name.
fn upper_load(arg: &LoadArg) -> Result<(), HookError> {
    let mut installed = Installed::new();
    installed.add(str_install(&StreamsInfo {
        name: arg.module().to_owned(),
        major: None,
    })?);
    INSTALLED.with(|all| *all.lock().unwrap_or_else(PoisonError::into_inner) = installed);
    Ok(())
}

impl StreamModule for Upper {
    fn limits(&self, _: Side) -> Limits {
        Limits {
            high: 0,
            low: 0,
            service: false,
        }
    }

    // ANCHOR: put
    fn put(&mut self, side: Side, queue: &mut dyn Queue, message: Message) {
        let passed = match (side, message) {
            (Side::Write, Message::Data(mut bytes)) => {
                bytes.make_ascii_uppercase();
                Message::Data(bytes)
            }
            (_, message) => message,
        };
        queue.putnext(passed);
    }
    // ANCHOR_END: put

    fn service(&mut self, _: Side, _: &mut dyn Queue) {}

    fn close(&mut self, _: Side, _: &mut dyn Queue) {}
}
