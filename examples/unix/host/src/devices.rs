//! Opens devices: from the numbers of a special file to a driver's function.

use dlkm_rt::Errno;
use unix_kernel::errno::ENXIO;
use unix_kernel::{Dev, OpenFlags, Opened, bdevsw, cdevsw};

use crate::fault::{Fault, Result};
use crate::file::{BlockDevice, File};
use crate::majors::{self, BLOCK, CHAR};
use crate::services;
use crate::stream::Stream;

/// A character or block special file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Special {
    pub(crate) block: bool,
    pub(crate) dev: Dev,
}

/// Opens the device of a special file. It loads the driver, if necessary.
pub(crate) fn open(special: Special, flags: OpenFlags) -> Result<File> {
    let Special { block, dev } = special;
    let class = if block { BLOCK } else { CHAR };
    let Some(module) = majors::module(class, dev.major) else {
        let why = format!("no driver has the {class} {}", dev.major);
        return Err(Fault::new(ENXIO, why));
    };
    let unknown = |error| Fault::of_switch(error, ENXIO);
    let file = if block {
        let entry = bdevsw::get(&module).map_err(unknown)?;
        File::Block(BlockDevice::new(entry.open(dev, flags).map_err(absent)?))
    } else {
        let entry = cdevsw::get(&module).map_err(unknown)?;
        match entry.open(dev, flags).map_err(absent)? {
            Opened::Device(device) => File::Char(device),
            Opened::Stream(driver) => File::Stream(Stream::new(&module, driver, flags)),
        }
    };
    let installed = services::with(|lists| lists.drivers.iter().any(|one| one.name == module));
    match installed {
        true => Ok(file),
        false => Err(Fault::new(
            ENXIO,
            format!("`{module}` has installed no driver"),
        )),
    }
}

/// The image of a driver may be gone: then the device is not there.
fn absent(error: unix_kernel::Error) -> Fault {
    let fault = Fault::from(error);
    match fault.errno {
        Errno(libc::ENOENT) => Fault::new(ENXIO, fault.to_string()),
        _ => fault,
    }
}
