//! The images whose stubs this kernel binds, and which of them call an interface: a load looks at
//! these, and not at all images.

use crate::call::table::StubTable;
use crate::loader::Mapped;
use crate::primitive::Arc;
use crate::sorted::Sorted;

/// # Invariants
/// 1. An image is in `callers` under the name of each of its interfaces, those of its switch tables
///    included, and in `switching` if it has switch tables. The host's is not in `callers`: it may
///    have thousands of interfaces, and its boot shall not wait for their names to be sorted.
#[derive(Debug)]
pub(super) struct Images {
    /// The host's is the first.
    all: Vec<Arc<Mapped>>,
    callers: Sorted<String, Vec<Arc<Mapped>>>,
    switching: Vec<Arc<Mapped>>,
}

impl Images {
    pub(super) fn new(host: Arc<Mapped>) -> Self {
        let switching = Vec::from_iter((!host.switches().is_empty()).then(|| Arc::clone(&host)));
        Images {
            all: vec![host],
            callers: Sorted::new(),
            switching,
        }
    }

    pub(super) fn host(&self) -> &Arc<Mapped> {
        &self.all[0]
    }

    /// All images, the host's first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Arc<Mapped>> {
        self.all.iter()
    }

    /// Adds the image of a module.
    pub(super) fn add(&mut self, image: &Arc<Mapped>) {
        for interface in interfaces(image) {
            let callers = self
                .callers
                .get_or_insert(interface.declaration.name, Vec::new);
            // Two versions of a crate may declare it.
            if callers.last().is_none_or(|last| !Arc::ptr_eq(last, image)) {
                callers.push(Arc::clone(image));
            }
        }
        if !image.switches().is_empty() {
            self.switching.push(Arc::clone(image));
        }
        self.all.push(Arc::clone(image));
    }

    /// Removes the image of a module.
    pub(super) fn remove(&mut self, image: &Arc<Mapped>) {
        let others = |one: &Arc<Mapped>| !Arc::ptr_eq(one, image);
        self.all.retain(others);
        self.switching.retain(others);
        for interface in interfaces(image) {
            let name = interface.declaration.name;
            if let Some(callers) = self.callers.get_mut(name) {
                callers.retain(others);
                if callers.is_empty() {
                    self.callers.remove(name);
                }
            }
        }
    }

    /// The host's image, then those that know the interface, in the order in which they came.
    pub(super) fn calling(&self, interface: &str) -> impl Iterator<Item = &Arc<Mapped>> {
        let callers = self.callers.get(interface).map_or(&[][..], Vec::as_slice);
        self.all.iter().take(1).chain(callers)
    }

    /// The images that have switch tables.
    pub(super) fn switching(&self) -> impl Iterator<Item = &Arc<Mapped>> {
        self.switching.iter()
    }
}

/// The interfaces that an image knows, those of its switch tables included.
pub(super) fn interfaces(image: &Mapped) -> impl Iterator<Item = &StubTable> {
    let switches = image.switches().iter().map(|switch| &switch.template);
    image.interfaces().iter().chain(switches)
}
