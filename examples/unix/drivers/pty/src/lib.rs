//! The module `pty`: a STREAMS driver. Minor number `2 n` is the master of a pair, for a program;
//! `2 n + 1` is the slave, a stream on which modules can be pushed.

mod master;
mod pair;
mod slave;

use std::sync::{Mutex, PoisonError};

use dlkm_rt::{Held, HookError, LoadArg, ModuleCell, module};
use unix_kernel::errno::ENXIO;
use unix_kernel::streams::{StreamsInfo, str_install};
use unix_kernel::wsio::{DrvFlags, DrvInfo, Installed, install_driver};
use unix_kernel::{Cdev, Dev, Error, OpenFlags, Opened};

use master::Master;
use slave::Slave;

/// How many pairs there are.
const PAIRS: u32 = 16;

/// The driver.
pub struct Pty;

// ANCHOR: open
#[module(
    name = "pty",
    kind = "streams_drv",
    desc = "Pairs of a master and a stream",
    load = pty_load,
)]
impl Cdev for Pty {
    fn open(dev: Dev, flags: OpenFlags) -> Result<Opened, Error> {
        let number = dev.minor / 2;
        if number >= PAIRS {
            return Err(ENXIO.into());
        }
        let pair = pair::numbered(number);
        Ok(match dev.minor % 2 {
            0 => Opened::Device(Held::new(Box::new(Master::open(pair, flags)?))),
            _ => Opened::Stream(Held::new(Box::new(Slave::open(pair)?))),
        })
    }
}
// ANCHOR_END: open

static INSTALLED: ModuleCell<Mutex<Installed>> = ModuleCell::new(Mutex::default);

// ANCHOR: load
/// If `str_install` fails, what `install_driver` did is undone.
fn pty_load(arg: &LoadArg) -> Result<(), HookError> {
    let flags = DrvFlags {
        character: true,
        block: false,
        pseudo: true,
    };
    let info = DrvInfo::of(arg, "pty", flags)?;
    let mut installed = Installed::new();
    installed.add(install_driver(&info)?);
    installed.add(str_install(&StreamsInfo {
        name: info.name,
        major: info.c_major,
    })?);
    INSTALLED.with(|all| *all.lock().unwrap_or_else(PoisonError::into_inner) = installed);
    Ok(())
}
// ANCHOR_END: load
