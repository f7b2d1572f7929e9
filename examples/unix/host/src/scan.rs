//! The scan of the buses: which interface driver attaches to which card.

use unix_kernel::errno::ENXIO;
use unix_kernel::intfsw;
use unix_kernel::wsio::{Bus, Card};

use crate::fault::{Fault, Result};
use crate::services;

/// The cards of this machine.
fn cards() -> [Card; 3] {
    [
        (Bus::Core, 0, "memory"),
        (Bus::Pci, 3, "serial"),
        (Bus::Eisa, 1, "sound"),
    ]
    .map(|(bus, slot, id)| Card {
        bus,
        slot,
        id: id.to_owned(),
    })
}

/// Offers each card to the drivers in its bus's attach list; then calls the probes that are active.
/// Returns a line for each card and each device.
pub(crate) fn scan() -> Result<Vec<String>> {
    let attach = services::with(|lists| lists.attach.clone());
    let mut lines = Vec::new();
    for card in cards() {
        let mut owner = "unclaimed";
        for (_, module) in attach.iter().filter(|(bus, _)| *bus == card.bus) {
            if intf(module)?.attach(&card)? {
                owner = module;
                break;
            }
        }
        lines.push(format!("{:?}/{} {} {owner}", card.bus, card.slot, card.id));
    }
    // An attach may have activated one.
    let probes = services::with(|lists| lists.probes.clone());
    for probe in probes.iter().filter(|probe| probe.active) {
        for device in intf(&probe.module)?.probe(&probe.name)? {
            lines.push(format!("{}: {device}", probe.module));
        }
    }
    Ok(lines)
}

fn intf(module: &str) -> Result<intfsw::Entry> {
    intfsw::get(module).map_err(|error| Fault::of_switch(error, ENXIO))
}
