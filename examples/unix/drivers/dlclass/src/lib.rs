//! The module `dlclass`: the guide's sample, a character pseudo device that works without hardware.

use std::sync::{Mutex, PoisonError};

use dlkm_rt::{Errno, Held, HookError, LoadArg, ModuleCell, Tunable, module, tunable};
use unix_kernel::errno::{EBUSY, EINVAL, ENOTTY, ENXIO};
use unix_kernel::wsio::{DrvFlags, DrvInfo, Installed, wsio_install_driver};
use unix_kernel::{CharFile, Dev, Error, OpenFlags, Opened, Ready, printf};

/// `dlclass_no_unload` in the system file.
#[tunable(desc = "nonzero prevents unloading")]
static NO_UNLOAD: Tunable<i32> = Tunable::new(0);

/// `dlclass_debug` in the system file.
#[tunable(desc = "nonzero writes debug output to the message buffer")]
static DEBUG: Tunable<i32> = Tunable::new(1);

/// `dlclass_bufsz` in the system file: the most that one write takes.
#[tunable(range = 1..=65536, desc = "size of the internal write buffer")]
static BUFSZ: Tunable<u32> = Tunable::new(40);

/// What a read returns.
const TEXT: &str = "Reading from loadable WSIO driver 'dlclass'.\n";

/// The driver.
pub struct Driver;

#[module(
    name = "dlclass",
    kind = "wsio_class",
    desc = "Loadable class driver",
    load = dlclass_load,
    unload = dlclass_unload,
)]
impl unix_kernel::Cdev for Driver {
    fn open(dev: Dev, _: OpenFlags) -> Result<Opened, Error> {
        if dev.minor != 0 {
            return Err(ENXIO.into());
        }
        if DEBUG.get() != 0 {
            printf!("dlclass> OPEN -- write buffer size = {}", BUFSZ.get());
        }
        Ok(Opened::Device(Held::new(Box::new(Open))))
    }
}

/// What `_load()` entered. An unload drops it, and so takes it out.
static INSTALLED: ModuleCell<Mutex<Installed>> = ModuleCell::new(Mutex::default);

fn dlclass_load(arg: &LoadArg) -> Result<(), HookError> {
    let flags = DrvFlags {
        character: true,
        block: false,
        pseudo: true,
    };
    let info = DrvInfo::of(arg, "dlclass", flags)?;
    let mut installed = Installed::new();
    installed.add(wsio_install_driver(&info)?);
    INSTALLED.with(|all| *all.lock().unwrap_or_else(PoisonError::into_inner) = installed);
    Ok(())
}

fn dlclass_unload(_: &LoadArg) -> Result<(), Errno> {
    match NO_UNLOAD.get() {
        0 => Ok(()),
        _ => Err(EBUSY),
    }
}

/// The open device.
struct Open;

impl CharFile for Open {
    fn read(&self, at: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        let rest = TEXT.as_bytes().get(at..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        Ok(count)
    }

    /// Takes at most what fits in the buffer. The caller writes the rest afterwards.
    fn write(&self, _: u64, from: &[u8]) -> Result<usize, Errno> {
        let count = from.len().min(BUFSZ.get() as usize);
        let text = String::from_utf8_lossy(&from[..count]);
        printf!("dlclass> {}", text.trim_end_matches('\n'));
        Ok(count)
    }

    fn ioctl(&self, command: u32, arg: &mut Vec<u8>) -> Result<i32, Errno> {
        /// The size of the buffer: `_IOR('d', 1, int)`.
        const DLCLASS_BUFSZ: u32 = 0x8004_6401;
        if command != DLCLASS_BUFSZ {
            return Err(ENOTTY);
        }
        let place = arg.get_mut(..4).ok_or(EINVAL)?;
        place.copy_from_slice(&BUFSZ.get().to_ne_bytes());
        Ok(0)
    }

    fn select(&self) -> Ready {
        Ready {
            read: true,
            write: true,
        }
    }

    fn close(&self) -> Result<(), Errno> {
        if DEBUG.get() != 0 {
            printf!("dlclass> CLOSE");
        }
        Ok(())
    }
}
