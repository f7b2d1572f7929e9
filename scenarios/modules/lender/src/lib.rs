//! `lender`: leaves a text and a function of its own behind.

use std::panic::catch_unwind;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;

use dlkm_rt::{Kernel, LoadArg, LoadError, ModuleRoot, module};
use scenario_api::{Orders, counter, plan};

/// The driver.
pub struct Driver;

static COUNT: AtomicU64 = AtomicU64::new(0);

static TEXT: &str = "a text of the module's own";

#[module(
    desc = "lends; a scenario may write further metadata in place of this text, which is long \
            enough for that",
    idle = "1ms",
    load = load,
    unload = unload,
)]
impl scenario_api::Lender for Driver {
    fn tick() -> Result<u64, LoadError> {
        Ok(COUNT.fetch_add(1, Relaxed) + 1)
    }

    fn text() -> Result<[usize; 2], LoadError> {
        Ok([TEXT.as_ptr().expose_provenance(), TEXT.len()])
    }

    fn function() -> Result<usize, LoadError> {
        Ok((work as fn(u32) -> String as *const ()).expose_provenance())
    }

    fn boot() -> Result<String, LoadError> {
        Ok(format!("{:?}", Kernel::boot(ModuleRoot::none())))
    }
}

fn work(what: u32) -> String {
    match what {
        0 => "work ".repeat(1000),
        1 => thread::spawn(|| "a thread".to_owned())
            .join()
            .expect("no panic"),
        2 => {
            let caught = catch_unwind(|| panic!("left behind"));
            format!(
                "{:?}",
                caught.expect_err("it panics").downcast_ref::<&str>()
            )
        }
        _ => format!("{:?}", counter::count().map_err(|error| error.to_string())),
    }
}

fn load(_: &LoadArg) -> Result<(), String> {
    obey("load")
}

fn unload(_: &LoadArg) -> Result<(), String> {
    obey("unload")
}

fn obey(hook: &str) -> Result<(), String> {
    match plan::ask(&format!("lender {hook}")) {
        Ok(Orders::Succeed) => Ok(()),
        Ok(Orders::Fail) => Err("not now".to_owned()),
        Ok(Orders::Panic) => panic!("it went wrong"),
        Err(error) => Err(error.to_string()),
    }
}
