//! What the kernel does for its modules. The host provides it, as a module that is linked in.

use dlkm_rt::module;

use crate::errno::Error;
use crate::streams::StreamsInfo;
use crate::wsio::{Bus, DrvFlags, DrvInfo};

/// The kernel's functions for modules.
///
/// The functions of [`wsio`](crate::wsio) and [`streams`](crate::streams) call those that install
/// something, and undo it when their result is dropped.
#[module(name = "kern")]
pub trait Kern {
    /// Writes to the message buffer, which `dmesg` prints.
    #[stub(or = not_printed)]
    fn printf(text: &str);

    /// The major numbers of a driver. A driver gets them the first time, and keeps them from boot to
    /// boot.
    ///
    /// # Errors
    /// `EBUSY`: all numbers are assigned.
    #[stub]
    fn majors(module: &str, flags: DrvFlags) -> Result<Majors, Error>;

    /// Enters a driver into the kernel's list.
    ///
    /// # Errors
    /// `EEXIST`: it is there already.
    #[stub]
    fn install_driver(info: &DrvInfo) -> Result<(), Error>;

    /// Takes a driver out of the kernel's list.
    ///
    /// # Errors
    /// `ENXIO`: it is not there.
    #[stub]
    fn uninstall_driver(info: &DrvInfo) -> Result<(), Error>;

    /// Enters a STREAMS driver or module into the kernel's list.
    ///
    /// # Errors
    /// `EEXIST`: it is there already. `EINVAL`: a water mark is wrong.
    #[stub]
    fn str_install(info: &StreamsInfo) -> Result<(), Error>;

    /// Takes a STREAMS driver or module out of the kernel's list.
    ///
    /// # Errors
    /// `ENXIO`: it is not there.
    #[stub]
    fn str_uninstall(name: &str) -> Result<(), Error>;

    /// Enters an interface driver into the attach list of a bus.
    ///
    /// # Errors
    /// `EEXIST`: it is there already.
    #[stub]
    fn attach_list_add(bus: Bus, module: &str) -> Result<(), Error>;

    /// Takes an interface driver out of the attach list of a bus.
    ///
    /// # Errors
    /// `ENXIO`: it is not there.
    #[stub]
    fn attach_list_remove(bus: Bus, module: &str) -> Result<(), Error>;

    /// Registers a probe of an interface driver.
    ///
    /// # Errors
    /// `EEXIST`: one of that name is registered.
    #[stub]
    fn register_probe(probe: &str, module: &str) -> Result<(), Error>;

    /// Takes a probe back.
    ///
    /// # Errors
    /// `ENXIO`: it is not registered.
    #[stub]
    fn unregister_probe(probe: &str) -> Result<(), Error>;

    /// Lets the next scan call a probe.
    ///
    /// # Errors
    /// `ENXIO`: it is not registered.
    #[stub]
    fn activate_probe(probe: &str) -> Result<(), Error>;
}

/// The major numbers of a driver: as a block device, and as a character device.
pub type Majors = (Option<u32>, Option<u32>);

fn not_printed(_: &str) {}
