//! What the kernel does for its modules: `kern`, a module that is linked in.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use dlkm_rt::{Errno, module};
use unix_kernel::errno::{EEXIST, ENXIO};
use unix_kernel::streams::StreamsInfo;
use unix_kernel::wsio::{Bus, DrvFlags, DrvInfo};
use unix_kernel::{Error, Kern, Majors};

use crate::majors;

/// How many lines the message buffer has.
const LINES: usize = 4096;

/// The kernel's lists.
#[derive(Default)]
pub(crate) struct Lists {
    pub(crate) drivers: Vec<DrvInfo>,
    pub(crate) streams: Vec<StreamsInfo>,
    pub(crate) attach: Vec<(Bus, String)>,
    pub(crate) probes: Vec<Probe>,
    messages: VecDeque<String>,
}

/// A probe that is registered.
#[derive(Clone)]
pub(crate) struct Probe {
    pub(crate) name: String,
    pub(crate) module: String,
    pub(crate) active: bool,
}

static LISTS: Mutex<Option<Lists>> = Mutex::new(None);

/// The lists. No module may be called with the lock: it would wait for itself.
pub(crate) fn with<T>(body: impl FnOnce(&mut Lists) -> T) -> T {
    let mut lists: MutexGuard<'_, _> = LISTS.lock().unwrap_or_else(PoisonError::into_inner);
    body(lists.get_or_insert_default())
}

/// The message buffer.
pub(crate) fn messages() -> String {
    with(|lists| {
        lists
            .messages
            .iter()
            .map(|line| format!("{line}\n"))
            .collect()
    })
}

/// The kernel.
pub(crate) struct Services;

#[module(name = "kern", desc = "What the kernel does for its modules")]
impl Kern for Services {
    fn printf(text: &str) {
        with(|lists| {
            for line in text.lines() {
                if lists.messages.len() == LINES {
                    lists.messages.pop_front();
                }
                lists.messages.push_back(line.to_owned());
            }
        });
    }

    fn majors(module: &str, flags: DrvFlags) -> Result<Majors, Error> {
        Ok(majors::of_driver(module, flags.block, flags.character)?)
    }

    fn install_driver(info: &DrvInfo) -> Result<(), Error> {
        enter(
            |lists| &mut lists.drivers,
            info.clone(),
            |one| one.name == info.name,
        )
    }

    fn uninstall_driver(info: &DrvInfo) -> Result<(), Error> {
        take(|lists| &mut lists.drivers, |one| one.name == info.name)
    }

    fn str_install(info: &StreamsInfo) -> Result<(), Error> {
        enter(
            |lists| &mut lists.streams,
            info.clone(),
            |one| one.name == info.name,
        )
    }

    fn str_uninstall(name: &str) -> Result<(), Error> {
        take(|lists| &mut lists.streams, |one| one.name == name)
    }

    fn attach_list_add(bus: Bus, module: &str) -> Result<(), Error> {
        let new = (bus, module.to_owned());
        enter(|lists| &mut lists.attach, new.clone(), |one| *one == new)
    }

    fn attach_list_remove(bus: Bus, module: &str) -> Result<(), Error> {
        take(
            |lists| &mut lists.attach,
            |one| one.0 == bus && one.1 == module,
        )
    }

    fn register_probe(probe: &str, module: &str) -> Result<(), Error> {
        let new = Probe {
            name: probe.to_owned(),
            module: module.to_owned(),
            active: false,
        };
        enter(|lists| &mut lists.probes, new, |one| one.name == probe)
    }

    fn unregister_probe(probe: &str) -> Result<(), Error> {
        take(|lists| &mut lists.probes, |one| one.name == probe)
    }

    fn activate_probe(probe: &str) -> Result<(), Error> {
        with(|lists| {
            let mut probes = lists.probes.iter_mut();
            let known = probes.find(|one| one.name == probe);
            known.ok_or(ENXIO)?.active = true;
            Ok(())
        })
    }
}

/// Enters something that is not there yet.
fn enter<T>(
    list: fn(&mut Lists) -> &mut Vec<T>,
    new: T,
    same: impl Fn(&T) -> bool,
) -> Result<(), Error> {
    with(|lists| {
        let list = list(lists);
        if list.iter().any(same) {
            return Err(EEXIST.into());
        }
        list.push(new);
        Ok(())
    })
}

/// Takes out what is there.
fn take<T>(list: fn(&mut Lists) -> &mut Vec<T>, same: impl Fn(&T) -> bool) -> Result<(), Error> {
    let gone: Result<T, Errno> = with(|lists| {
        let list = list(lists);
        let at = list.iter().position(same).ok_or(ENXIO)?;
        Ok(list.remove(at))
    });
    gone?;
    Ok(())
}
