//! Images that the kernel no longer binds and that may still run: a thread may be in a call that
//! such an image made without a hold, so the module that it called stays.

use dlkm_metadata::Class;
use dlkm_metadata::small::{list, owned};

use super::record::Running;
use crate::os;

/// An image that has left.
#[derive(Debug)]
struct Departed {
    number: u64,
    /// An address in it.
    address: usize,
    calls: Vec<UnheldCall>,
}

/// A call that an image may be in without a hold.
#[derive(Clone, Debug)]
pub(super) struct UnheldCall {
    /// The module of the image.
    pub(super) caller: String,
    /// The module that it calls.
    module: String,
    /// The interface that it calls.
    pub(super) interface: String,
}

/// The calls that the image of `running` may be in without a hold, if these modules are `loaded`.
///
/// No other module matters: the kernel unbinds the image's stubs when it lets the image go, so the
/// image can't get into a module that is loaded later.
pub(super) fn unheld_calls<'a>(
    running: &Running,
    loaded: impl Iterator<Item = &'a Running>,
) -> Vec<UnheldCall> {
    let switches = running.image.switches().iter();
    let templates = switches.map(|switch| &switch.template);
    let interfaces = running.image.interfaces().iter().chain(templates);
    let unheld = interfaces
        .map(|one| &one.declaration)
        .filter(|declared| declared.class == Class::LoadOnly)
        .map(|declared| declared.name);
    let unheld = list(unheld);
    // Static and load-only modules stay anyway.
    let loadable = loaded.filter(|module| module.origin.file().is_some());
    let calls = loadable.flat_map(|module| {
        let provided = unheld.iter().filter(|interface| {
            let provided = module.metadata.interface(interface);
            provided.is_some_and(|provided| provided.class() == Class::Unloadable)
        });
        provided.map(|interface| UnheldCall {
            caller: owned(running.metadata.name()),
            module: owned(module.metadata.name()),
            interface: owned(interface),
        })
    });
    list(calls)
}

/// The images that have left, and may be mapped.
#[derive(Debug, Default)]
pub(super) struct DepartedImages {
    all: Vec<Departed>,
    last: u64,
}

impl DepartedImages {
    /// Adds the image of `running`, which may be in these calls as long as it is mapped.
    pub(super) fn add(&mut self, running: &Running, calls: Vec<UnheldCall>) {
        if calls.is_empty() {
            return;
        }
        self.last += 1;
        self.all.push(Departed {
            number: self.last,
            address: running.image.address().addr(),
            calls,
        });
    }

    /// A call of `module` that one of the images may be in.
    pub(super) fn call_of(&self, module: &str) -> Option<&UnheldCall> {
        let mut calls = self.all.iter().flat_map(|one| &one.calls);
        calls.find(|call| call.module == module)
    }

    pub(super) fn places(&self) -> Vec<DepartedPlace> {
        let all = self.all.iter();
        all.map(|one| DepartedPlace {
            number: one.number,
            address: one.address,
        })
        .collect()
    }

    pub(super) fn forget(&mut self, gone: &[DepartedPlace]) {
        self.all
            .retain(|one| gone.iter().all(|place| place.number != one.number));
    }
}

/// Where an image was when it left.
#[derive(Debug)]
pub(super) struct DepartedPlace {
    number: u64,
    address: usize,
}

impl DepartedPlace {
    /// Whether the image is still mapped. If another object has its address by now, this says so
    /// too, which is unnecessary but correct.
    ///
    /// Don't call this under the table's lock: the dynamic linker has a lock of its own.
    pub(super) fn is_mapped(&self) -> bool {
        os::place_of(std::ptr::without_provenance(self.address)).is_some()
    }
}
