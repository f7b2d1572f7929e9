//! Major numbers: which the drivers have. They stay from boot to boot, in the registry of the module root.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use dlkm_config::{Assigned, By, Error, Root};
use dlkm_rt::Errno;
use unix_kernel::errno::{EBUSY, EIO};
use unix_kernel::{Kern, Majors, bdevsw, cdevsw, printf};

use crate::services::Services;

/// The kinds of devices, each with its own numbers.
pub(crate) const CHAR: &str = "char-major";
pub(crate) const BLOCK: &str = "block-major";

/// Those that are assigned dynamically.
const DYNAMIC: std::ops::RangeInclusive<u64> = 64..=255;

/// How long a number waits for a command that changes the configuration.
const WAIT: Duration = Duration::from_secs(5);

struct Numbers {
    root: Option<Root>,
    /// What the registry has, and what could not be written there.
    known: Vec<Assigned>,
}

static NUMBERS: Mutex<Numbers> = Mutex::new(Numbers {
    root: None,
    known: Vec::new(),
});

/// Reads the registry of a module root.
pub(crate) fn read(path: Option<&Path>) {
    let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
    let says = |error| Services::printf(&format!("majors: {error}"));
    match path
        .filter(|path| path.is_dir())
        .map(Root::open)
        .transpose()
    {
        Ok(root) => numbers.root = root,
        Err(error) => says(error),
    }
    match numbers.root.as_ref().map(Root::numbers).transpose() {
        Ok(known) => numbers.known = known.unwrap_or_default(),
        Err(error) => says(error),
    }
}

/// Assigns a number to each driver that has none.
pub(crate) fn assign() {
    let characters = cdevsw::entries().map(|all| all.iter().map(|one| one.module()).collect());
    let blocks = bdevsw::entries().map(|all| all.iter().map(|one| one.module()).collect());
    for (class, modules) in [(CHAR, characters), (BLOCK, blocks)] {
        let modules: Vec<&str> = modules.unwrap_or_else(|error| {
            printf!("majors: {error}");
            Vec::new()
        });
        for module in modules {
            if number(class, module).is_none()
                && let Err(errno) = new_number(class, module)
            {
                printf!("majors: no {class} for {module}: {errno}");
            }
        }
    }
}

/// The numbers of a driver.
pub(crate) fn of_driver(module: &str, block: bool, character: bool) -> Result<Majors, Errno> {
    let of = |class, wanted: bool| match wanted {
        true => number(class, module)
            .map_or_else(|| new_number(class, module), Ok)
            .map(Some),
        false => Ok(None),
    };
    Ok((of(BLOCK, block)?, of(CHAR, character)?))
}

/// The driver that has a number.
pub(crate) fn module(class: &str, major: u32) -> Option<String> {
    let numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = numbers.known.iter();
    let one = known.find(|one| one.class == class && one.number == u64::from(major));
    one.map(|one| one.name.clone())
}

/// The number that a driver has.
pub(crate) fn number(class: &str, module: &str) -> Option<u32> {
    let numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
    let mut known = numbers.known.iter();
    let one = known.find(|one| one.class == class && one.name == module)?;
    u32::try_from(one.number).ok()
}

/// Assigns one. As in Linux, it is `EBUSY` that all are assigned.
fn new_number(class: &str, module: &str) -> Result<u32, Errno> {
    let mut numbers = NUMBERS.lock().unwrap_or_else(PoisonError::into_inner);
    let by = By::now("first use of the driver");
    let written = numbers.root.as_ref().map(|root| {
        let locked = root.lock(WAIT)?;
        locked.assign(class, module, DYNAMIC, &by)
    });
    let number = match written {
        Some(Ok(number)) => number,
        Some(Err(Error::NoNumber { .. })) => return Err(EBUSY),
        // A root that can't be written to: the number holds until the end.
        Some(Err(_)) | None => {
            let taken = |number: &u64| {
                let mut known = numbers.known.iter();
                known.any(|one| one.class == class && one.number == *number)
            };
            let mut free = DYNAMIC.filter(|number| !taken(number));
            free.next().ok_or(EBUSY)?
        }
    };
    numbers.known.push(Assigned {
        class: class.to_owned(),
        name: module.to_owned(),
        number,
    });
    u32::try_from(number).map_err(|_| EIO)
}
