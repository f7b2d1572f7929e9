//! The module `serial`: an interface driver. It attaches to serial cards, and its probe finds their lines.
//! The cards are simulated.
//!
//! The kernel does not know whether an interface driver is in use. A class driver that uses this one lists
//! it in its `depends`, and so keeps it loaded.

use std::sync::{Mutex, PoisonError};

use dlkm_rt::{HookError, LoadArg, ModuleCell, module};
use unix_kernel::errno::ENXIO;
use unix_kernel::wsio::{
    Bus, Card, DrvFlags, DrvInfo, Installed, mod_wsio_attach_list_add, wsio_activate_probe,
    wsio_install_driver, wsio_register_dev_probe,
};
use unix_kernel::{Error, Intf};

/// How many lines a card has.
const LINES: usize = 2;
const PROBE: &str = "serial_probe";

/// The driver.
pub struct Serial;

#[module(
    name = "serial",
    kind = "wsio_intf",
    desc = "Serial cards",
    load = serial_load,
)]
impl Intf for Serial {
    fn attach(card: &Card) -> Result<bool, Error> {
        if card.id != "serial" {
            return Ok(false);
        }
        let first = with(|state| {
            let first = state.slots.is_empty();
            if !state.slots.contains(&card.slot) {
                state.slots.push(card.slot);
            }
            first
        });
        if first {
            // There is something to probe now.
            wsio_activate_probe(PROBE)?;
        }
        Ok(true)
    }

    fn probe(probe: &str) -> Result<Vec<String>, Error> {
        if probe != PROBE {
            return Err(ENXIO.into());
        }
        let line = |slot, line| format!("slot {slot} line {line}");
        let lines = |slot: &u32| {
            let slot = *slot;
            (0..LINES).map(move |number| line(slot, number))
        };
        Ok(with(|state| state.slots.iter().flat_map(lines).collect()))
    }
}

/// What an unload drops: with it, the driver leaves the kernel's lists.
#[derive(Default)]
struct State {
    slots: Vec<u32>,
    installed: Installed,
}

static STATE: ModuleCell<Mutex<State>> = ModuleCell::new(Mutex::default);

fn with<T>(body: impl FnOnce(&mut State) -> T) -> T {
    STATE.with(|state| body(&mut state.lock().unwrap_or_else(PoisonError::into_inner)))
}

fn serial_load(arg: &LoadArg) -> Result<(), HookError> {
    let flags = DrvFlags {
        character: false,
        block: false,
        pseudo: false,
    };
    let info = DrvInfo::of(arg, "serial", flags)?;
    let mut installed = Installed::new();
    installed.add(wsio_install_driver(&info)?);
    installed.add(wsio_register_dev_probe(PROBE, &info)?);
    installed.add(mod_wsio_attach_list_add(Bus::Pci, &info)?);
    with(|state| state.installed = installed);
    Ok(())
}
