//! The module `broken`: its load fails half way, at once or after a sleep. One of its keys is that of another
//! module.

use dlkm_rt::{Held, HookError, LoadArg, Tunable, module, tunable};
use unix_kernel::errno::EIO;
use unix_kernel::wsio::{
    Bus, DrvFlags, DrvInfo, Installed, mod_wsio_attach_list_add, wsio_install_driver,
    wsio_register_dev_probe,
};
use unix_kernel::{Error, printf};

/// The module, with its two interfaces.
#[module(
    name = "broken",
    keys = ["broken", "zip"],
    desc = "Fails to load",
    load = broken_load,
)]
mod broken {
    use std::path::Path;

    use unix_kernel::errno::ENXIO;
    use unix_kernel::{Dev, Mounted, OpenFlags, Opened};

    use super::{Error, Held, broken_load};

    /// The driver.
    pub(super) struct Driver;

    #[export]
    impl unix_kernel::Cdev for Driver {
        fn open(_: Dev, _: OpenFlags) -> Result<Opened, Error> {
            Err(ENXIO.into())
        }
    }

    #[export]
    impl unix_kernel::Filesys for Driver {
        fn mount(_: &Path) -> Result<Held<Box<dyn Mounted>>, Error> {
            Err(ENXIO.into())
        }
    }
}

/// `broken_wait` in the system file: a fifo. The load sleeps until a program writes to it.
#[tunable(name = "wait", desc = "a fifo, for whose writer the load waits")]
static WAIT: Tunable<&str> = Tunable::new("");

/// Enters itself everywhere, and fails then.
fn broken_load(arg: &LoadArg) -> Result<(), HookError> {
    let flags = DrvFlags {
        character: true,
        block: false,
        pseudo: true,
    };
    let info = DrvInfo::of(arg, "broken", flags)?;
    let mut installed = Installed::new();
    installed.add(wsio_install_driver(&info)?);
    installed.add(wsio_register_dev_probe("broken_probe", &info)?);
    installed.add(mod_wsio_attach_list_add(Bus::Pci, &info)?);
    let fifo = WAIT.get();
    if !fifo.is_empty() {
        printf!("broken: waits");
        std::fs::read(&*fifo)?;
    }
    Err(EIO.into())
}
