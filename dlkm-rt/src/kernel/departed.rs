//! Images that the kernel no longer binds and that may still run: a thread may be in a call that
//! such an image made without a hold, so the module that it called stays.

use dlkm_metadata::Class;

use super::control::Table;
use super::record::Running;
use super::state::Kernel;
use crate::os;

/// What an image that has left could call without a hold.
#[derive(Debug)]
pub(super) struct Departed {
    number: u64,
    /// The image's module.
    caller: String,
    /// An address in the image.
    address: usize,
    /// The modules that its stubs may have been bound to, each with the interface.
    uses: Vec<(String, String)>,
}

/// The images that have left, and may be mapped.
#[derive(Debug, Default)]
pub(super) struct DepartedImages {
    all: Vec<Departed>,
    last: u64,
}

/// A call that an image may be in without a hold.
#[derive(Clone, Debug)]
pub(super) struct UnheldCall {
    /// The module of the image.
    pub(super) caller: String,
    /// The interface that it calls.
    pub(super) interface: String,
}

impl Table {
    /// Records what the image of `running`, which the kernel lets go, calls without a hold. These
    /// modules stay until the image is no longer mapped: until then, a thread may be in it.
    ///
    /// No other module matters. The image's stubs are unbound from now on, so it can't get into a
    /// module that is loaded later.
    pub(super) fn depart(&mut self, running: &Running) {
        let interfaces = running.image.interfaces().iter();
        let unheld = interfaces.filter(|one| one.declaration.class == Class::LoadOnly);
        let mut uses = Vec::new();
        for interface in unheld.map(|one| one.declaration.name) {
            let bound = self
                .all_loaded()
                .filter(|module| module.metadata.interface(interface).is_some())
                .map(|module| (module.metadata.name().to_owned(), interface.to_owned()));
            uses.extend(bound);
        }
        if uses.is_empty() {
            return;
        }
        let departed = &mut self.departed;
        departed.last += 1;
        departed.all.push(Departed {
            number: departed.last,
            caller: running.metadata.name().to_owned(),
            address: running.image.address().addr(),
            uses,
        });
    }

    /// The call that an image which has left may still be in, without a hold of `module`.
    pub(super) fn unheld_call(&self, module: &str) -> Option<UnheldCall> {
        self.departed.all.iter().find_map(|one| {
            let mut uses = one.uses.iter();
            let (_, interface) = uses.find(|(called, _)| called == module)?;
            Some(UnheldCall {
                caller: one.caller.clone(),
                interface: interface.clone(),
            })
        })
    }
}

impl Kernel {
    /// Forgets the images that are no longer mapped. If another object has the address by now, the
    /// image counts as mapped, which is unnecessary but correct.
    pub(super) fn forget_departed(&self) {
        let known: Vec<(u64, usize)> = {
            let table = self.control.lock();
            let all = table.departed.all.iter();
            all.map(|one| (one.number, one.address)).collect()
        };
        if known.is_empty() {
            return;
        }
        // Without the table's lock: the dynamic linker has a lock of its own.
        let is_gone = |address| os::place_of(std::ptr::without_provenance(address)).is_none();
        let gone: Vec<u64> = known
            .into_iter()
            .filter(|&(_, address)| is_gone(address))
            .map(|(number, _)| number)
            .collect();
        let mut table = self.control.lock();
        let departed = &mut table.departed.all;
        departed.retain(|one| !gone.contains(&one.number));
    }
}
