//! The images whose stubs this kernel binds, and which of them call an interface: with many images, a
//! load looks at these alone.

use crate::call::table::StubTable;
use crate::loader::Mapped;
use crate::primitive::Arc;
use crate::sorted::Sorted;

/// # Invariants
/// 1. If there are `callers`, an image is among them under the name of each of its interfaces, those
///    of its switch tables included. The host's is not: it may have thousands of interfaces.
/// 2. `switching` has the images with switch tables.
#[derive(Debug)]
pub(super) struct Images {
    /// The host's is the first.
    all: Vec<Arc<Mapped>>,
    /// Who calls each interface; none for a few images, as it takes longer to make than to look at
    /// them all.
    callers: Option<Sorted<String, Vec<Arc<Mapped>>>>,
    switching: Vec<Arc<Mapped>>,
}

/// How many images are a few.
const FEW: usize = 16;

impl Images {
    pub(super) fn new(host: Arc<Mapped>) -> Self {
        let switching = Vec::from_iter((!host.switches().is_empty()).then(|| Arc::clone(&host)));
        Images {
            all: vec![host],
            callers: None,
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
        self.all.push(Arc::clone(image));
        if !image.switches().is_empty() {
            self.switching.push(Arc::clone(image));
        }
        match &mut self.callers {
            Some(callers) => enter(callers, image),
            None if self.all.len() > FEW => {
                let callers = self.callers.insert(Sorted::new());
                self.all.iter().skip(1).for_each(|one| enter(callers, one));
            }
            None => {}
        }
    }

    /// Removes the image of a module.
    pub(super) fn remove(&mut self, image: &Arc<Mapped>) {
        let others = |one: &Arc<Mapped>| !Arc::ptr_eq(one, image);
        self.all.retain(others);
        self.switching.retain(others);
        let Some(callers) = &mut self.callers else {
            return;
        };
        for interface in interfaces(image) {
            let name = interface.declaration.name;
            if let Some(images) = callers.get_mut(name) {
                images.retain(others);
                if images.is_empty() {
                    callers.remove(name);
                }
            }
        }
    }

    /// The images that may know the interface: the host's, then others in the order in which they
    /// came.
    pub(super) fn calling(&self, interface: &str) -> impl Iterator<Item = &Arc<Mapped>> {
        let (host, others) = self.all.split_at(1);
        let others = match &self.callers {
            Some(callers) => callers.get(interface).map_or(&[][..], Vec::as_slice),
            None => others,
        };
        host.iter().chain(others)
    }

    /// The images that have switch tables.
    pub(super) fn switching(&self) -> impl Iterator<Item = &Arc<Mapped>> {
        self.switching.iter()
    }
}

/// Makes an image one of the callers of its interfaces.
fn enter(callers: &mut Sorted<String, Vec<Arc<Mapped>>>, image: &Arc<Mapped>) {
    for interface in interfaces(image) {
        let images = callers.get_or_insert(interface.declaration.name, Vec::new);
        // Two versions of a crate may declare it.
        if images.last().is_none_or(|last| !Arc::ptr_eq(last, image)) {
            images.push(Arc::clone(image));
        }
    }
}

/// The interfaces that an image knows, those of its switch tables included.
pub(super) fn interfaces(image: &Mapped) -> impl Iterator<Item = &StubTable> {
    let switches = image.switches().iter().map(|switch| &switch.template);
    image.interfaces().iter().chain(switches)
}
