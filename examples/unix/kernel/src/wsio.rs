//! What WSIO drivers call: `drv_info`, the list of drivers, attach lists and probes.

use dlkm_rt::{Interface, LoadArg, switch};

use crate::errno::Error;
use crate::kern;

/// What a driver is, in `drv_info`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub struct DrvFlags {
    /// `DRV_CHAR`.
    pub character: bool,
    /// `DRV_BLOCK`.
    pub block: bool,
    /// `DRV_PSEUDO`: no hardware.
    pub pseudo: bool,
}

/// HP-UX's `drv_info_t`.
///
/// The argument of `_load()` is an updated copy of the driver's own, with the major numbers that the
/// kernel assigned. [`DrvInfo::of`] makes that copy.
#[derive(Clone, Debug, PartialEq, Eq, Interface)]
pub struct DrvInfo {
    /// The driver's name.
    pub name: String,
    /// Its class, as `ioscan` prints it.
    pub class: String,
    /// What it is.
    pub flags: DrvFlags,
    /// Its major number as a block device.
    pub b_major: Option<u32>,
    /// Its major number as a character device.
    pub c_major: Option<u32>,
}

impl DrvInfo {
    /// The `drv_info` of a module, with its major numbers.
    ///
    /// # Errors
    /// `EBUSY`: all major numbers are assigned.
    pub fn of(arg: &LoadArg, class: &str, flags: DrvFlags) -> Result<Self, Error> {
        let (b_major, c_major) = kern::majors(arg.module(), flags)?;
        Ok(DrvInfo {
            name: arg.module().to_owned(),
            class: class.to_owned(),
            flags,
            b_major,
            c_major,
        })
    }
}

/// Something that is entered into a list of the kernel. Dropping it takes it out, so a load hook that
/// fails half way leaves nothing behind: what it made last goes first.
#[must_use = "dropping it takes it out again"]
#[derive(Debug)]
pub struct Entered(Undo);

#[derive(Debug)]
enum Undo {
    Driver(DrvInfo),
    Streams(String),
    Attach(Bus, String),
    Probe(String),
}

impl Entered {
    pub(crate) fn streams(name: &str) -> Self {
        Entered(Undo::Streams(name.to_owned()))
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        let undone = match &self.0 {
            Undo::Driver(info) => kern::uninstall_driver(info),
            Undo::Streams(name) => kern::str_uninstall(name),
            Undo::Attach(bus, module) => kern::attach_list_remove(*bus, module),
            Undo::Probe(probe) => kern::unregister_probe(probe),
        };
        if let Err(error) = undone {
            crate::printf!("{:?} is not undone: {error}", self.0);
        }
    }
}

/// What a module has entered. Dropping it takes it out, what came last first.
#[derive(Debug, Default)]
pub struct Installed(Vec<Entered>);

impl Installed {
    /// Nothing yet.
    pub fn new() -> Self {
        Installed::default()
    }

    /// Adds what a function of this crate returned.
    pub fn add(&mut self, entered: Entered) {
        self.0.push(entered);
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        while let Some(last) = self.0.pop() {
            drop(last);
        }
    }
}

/// Enters a class or interface driver into the kernel's list, without which it can't be opened.
///
/// HP-UX's function returns 1 for success, and `wsio_uninstall_driver` 0; here dropping the result
/// uninstalls.
///
/// # Errors
/// `EEXIST`: it is there already.
pub fn wsio_install_driver(info: &DrvInfo) -> Result<Entered, Error> {
    kern::install_driver(info)?;
    Ok(Entered(Undo::Driver(info.clone())))
}

/// Enters a STREAMS driver into the list of drivers: the same list.
///
/// # Errors
/// `EEXIST`: it is there already.
pub fn install_driver(info: &DrvInfo) -> Result<Entered, Error> {
    wsio_install_driver(info)
}

/// A bus, which has an attach list: `MOD_WSIO_CORE`, `MOD_WSIO_PCI`, `MOD_WSIO_EISA`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Interface)]
pub enum Bus {
    /// The processor's own.
    Core,
    /// PCI.
    Pci,
    /// EISA.
    Eisa,
}

/// A card in a slot.
#[derive(Clone, Debug, PartialEq, Eq, Interface)]
pub struct Card {
    /// Where it is.
    pub bus: Bus,
    /// In which slot.
    pub slot: u32,
    /// What it says it is.
    pub id: String,
}

/// An interface driver: it attaches to cards. The kernel calls it while it is in an attach list.
#[switch(name = "wsio_intf", table = "intfsw")]
pub trait Intf {
    /// Takes a card; `false` if it is for another driver.
    ///
    /// # Errors
    /// The card is the driver's, and fails.
    #[ustub]
    fn attach(card: &Card) -> Result<bool, Error>;

    /// The devices behind the driver's cards, by the probe of that name.
    ///
    /// # Errors
    /// The card fails.
    #[ustub]
    fn probe(probe: &str) -> Result<Vec<String>, Error>;
}

/// Enters an interface driver into the attach list of a bus: `mod_wsio_attach_list_add()`. Dropping the
/// result is `mod_wsio_attach_list_remove()`.
///
/// # Errors
/// `EEXIST`: it is there already.
pub fn mod_wsio_attach_list_add(bus: Bus, info: &DrvInfo) -> Result<Entered, Error> {
    kern::attach_list_add(bus, &info.name)?;
    Ok(Entered(Undo::Attach(bus, info.name.clone())))
}

/// Registers a probe of an interface driver. Dropping the result takes it back.
///
/// # Errors
/// `EEXIST`: one of that name is registered.
pub fn wsio_register_dev_probe(probe: &str, info: &DrvInfo) -> Result<Entered, Error> {
    kern::register_probe(probe, &info.name)?;
    Ok(Entered(Undo::Probe(probe.to_owned())))
}

/// Lets the next scan call a probe that is registered.
///
/// # Errors
/// `ENXIO`: it is not registered.
pub fn wsio_activate_probe(probe: &str) -> Result<(), Error> {
    kern::activate_probe(probe)
}
