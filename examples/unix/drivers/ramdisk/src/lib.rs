//! The module `ramdisk`: a disk in memory. It is a monolithic driver: class and interface driver in one.

use dlkm_rt::module;

/// The driver, with its three interfaces.
#[module(
    name = "ramdisk",
    kind = "monolithic",
    desc = "A disk in memory",
    load = ramdisk_load,
)]
mod ramdisk {
    use std::sync::{Mutex, PoisonError, RwLock};

    use dlkm_rt::{Errno, Held, HookError, LoadArg, ModuleCell, Tunable, tunable};
    use unix_kernel::errno::{EINVAL, ENOSPC, ENOTTY, ENXIO};
    use unix_kernel::wsio::{
        Bus, Card, DrvFlags, DrvInfo, Installed, mod_wsio_attach_list_add, wsio_activate_probe,
        wsio_install_driver, wsio_register_dev_probe,
    };
    use unix_kernel::{BLOCK, BlockFile, CharFile, Dev, Error, OpenFlags, Opened, Ready, printf};

    /// `ramdisk_kb` in the system file: the size of the disk, which is allocated when the module is loaded.
    #[tunable(range = 1..=1_048_576, desc = "size of the disk in KiB")]
    static KB: Tunable<u32> = Tunable::new(4096);

    /// The driver.
    pub(super) struct Driver;

    /// The card in which the disk is.
    const CARD: &str = "memory";
    const PROBE: &str = "ramdisk_probe";

    /// `BLKGETSIZE64`, the size in bytes.
    const GET_SIZE: u32 = 0x8008_1272;

    static DISK: ModuleCell<RwLock<Vec<u8>>> =
        ModuleCell::new(|| RwLock::new(vec![0; KB.get() as usize * 1024]));

    /// What `_load()` entered. An unload drops it, and so takes it out.
    static INSTALLED: ModuleCell<Mutex<Installed>> = ModuleCell::new(Mutex::default);

    fn ramdisk_load(arg: &LoadArg) -> Result<(), HookError> {
        let flags = DrvFlags {
            character: true,
            block: true,
            pseudo: false,
        };
        let info = DrvInfo::of(arg, "disk", flags)?;
        let mut installed = Installed::new();
        installed.add(wsio_install_driver(&info)?);
        installed.add(wsio_register_dev_probe(PROBE, &info)?);
        installed.add(mod_wsio_attach_list_add(Bus::Core, &info)?);
        wsio_activate_probe(PROBE)?;
        INSTALLED.with(|all| *all.lock().unwrap_or_else(PoisonError::into_inner) = installed);
        Ok(())
    }

    #[export]
    impl unix_kernel::Cdev for Driver {
        fn open(dev: Dev, _: OpenFlags) -> Result<Opened, Error> {
            only_unit(dev)?;
            Ok(Opened::Device(Held::new(Box::new(Open))))
        }
    }

    #[export]
    impl unix_kernel::Bdev for Driver {
        fn open(dev: Dev, _: OpenFlags) -> Result<Held<Box<dyn BlockFile>>, Error> {
            only_unit(dev)?;
            Ok(Held::new(Box::new(Open)))
        }
    }

    #[export]
    impl unix_kernel::Intf for Driver {
        fn attach(card: &Card) -> Result<bool, Error> {
            if card.id != CARD {
                return Ok(false);
            }
            printf!("ramdisk: {} KiB in slot {}", size() / 1024, card.slot);
            Ok(true)
        }

        fn probe(probe: &str) -> Result<Vec<String>, Error> {
            match probe {
                PROBE => Ok(vec!["disk 0".to_owned()]),
                _ => Err(ENXIO.into()),
            }
        }
    }

    fn only_unit(dev: Dev) -> Result<(), Errno> {
        match dev.minor {
            0 => Ok(()),
            _ => Err(ENXIO),
        }
    }

    fn size() -> u64 {
        DISK.with(|disk| disk.read().unwrap_or_else(PoisonError::into_inner).len()) as u64
    }

    /// Copies from the disk, from `at` on; returns how much there is.
    fn read(at: u64, into: &mut [u8]) -> usize {
        DISK.with(|disk| {
            let disk = disk.read().unwrap_or_else(PoisonError::into_inner);
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            let rest = disk.get(at..).unwrap_or_default();
            let count = rest.len().min(into.len());
            into[..count].copy_from_slice(&rest[..count]);
            count
        })
    }

    /// Copies to the disk, from `at` on; returns how much has room.
    fn write(at: u64, from: &[u8]) -> usize {
        DISK.with(|disk| {
            let mut disk = disk.write().unwrap_or_else(PoisonError::into_inner);
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            let rest = disk.get_mut(at..).unwrap_or_default();
            let count = rest.len().min(from.len());
            rest[..count].copy_from_slice(&from[..count]);
            count
        })
    }

    fn ioctl(command: u32, arg: &mut [u8]) -> Result<i32, Errno> {
        if command != GET_SIZE {
            return Err(ENOTTY);
        }
        let place = arg.get_mut(..8).ok_or(EINVAL)?;
        place.copy_from_slice(&size().to_ne_bytes());
        Ok(0)
    }

    /// The open disk, as either kind of device.
    struct Open;

    impl CharFile for Open {
        fn read(&self, at: u64, into: &mut [u8]) -> Result<usize, Errno> {
            Ok(read(at, into))
        }

        fn write(&self, at: u64, from: &[u8]) -> Result<usize, Errno> {
            match write(at, from) {
                0 if !from.is_empty() => Err(ENOSPC),
                count => Ok(count),
            }
        }

        fn ioctl(&self, command: u32, arg: &mut Vec<u8>) -> Result<i32, Errno> {
            ioctl(command, arg)
        }

        fn select(&self) -> Ready {
            Ready {
                read: true,
                write: true,
            }
        }

        fn size(&self) -> Option<u64> {
            Some(size())
        }

        fn close(&self) -> Result<(), Errno> {
            Ok(())
        }
    }

    impl BlockFile for Open {
        fn blocks(&self) -> u64 {
            size() / BLOCK as u64
        }

        fn read_blocks(&self, first: u64, into: &mut [u8]) -> Result<(), Errno> {
            let at = place(first, into.len())?;
            read(at, into);
            Ok(())
        }

        fn write_blocks(&self, first: u64, from: &[u8]) -> Result<(), Errno> {
            let at = place(first, from.len())?;
            write(at, from);
            Ok(())
        }

        fn ioctl(&self, command: u32, arg: &mut Vec<u8>) -> Result<i32, Errno> {
            ioctl(command, arg)
        }

        fn close(&self) -> Result<(), Errno> {
            Ok(())
        }
    }

    /// Where these blocks begin, if all of them are on the disk.
    fn place(first: u64, length: usize) -> Result<u64, Errno> {
        if !length.is_multiple_of(BLOCK) {
            return Err(EINVAL);
        }
        let at = first.checked_mul(BLOCK as u64).ok_or(ENXIO)?;
        let end = at.checked_add(length as u64).ok_or(ENXIO)?;
        if end > size() {
            return Err(ENXIO);
        }
        Ok(at)
    }
}
