//! The images whose stubs this kernel binds, and which of them call an interface: with many images, a
//! load looks at these alone.

use crate::call::table::StubTable;
use crate::hashed::Hashed;
use crate::loader::Mapped;
use crate::primitive::Arc;
use crate::sorted::Sorted;

/// # Invariants
/// 1. If there are `callers`, an image is among them under the name of each of its interfaces, those
///    of its switch tables included. The host's is not: it may have thousands of
///    interfaces, and `host` has their positions in [`interfaces`].
/// 2. `switching` has the images with switch tables.
#[derive(Debug)]
pub(super) struct Images {
    /// The host's is the first.
    all: Vec<Arc<Mapped>>,
    /// Who calls each interface; none for a few images, as it takes longer to make than to look at
    /// them all.
    callers: Option<Callers>,
    switching: Vec<Arc<Mapped>>,
}

#[derive(Debug)]
struct Callers {
    host: Hashed,
    others: Sorted<String, Vec<Arc<Mapped>>>,
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
            Some(callers) => enter(&mut callers.others, image),
            None if self.all.len() > FEW => {
                let (host, others) = self.all.split_at(1);
                let callers = self.callers.insert(Callers {
                    host: hashed(&host[0]),
                    others: Sorted::new(),
                });
                others
                    .iter()
                    .for_each(|one| enter(&mut callers.others, one));
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
            if let Some(images) = callers.others.get_mut(name) {
                images.retain(others);
                if images.is_empty() {
                    callers.others.remove(name);
                }
            }
        }
    }

    /// The interfaces of that name, with their images: the host's, then others in the order in which
    /// they came. An image in which two versions of a crate are linked may have two. (A list: the
    /// iterator would be a large type, and each of its users another copy of its code.)
    pub(super) fn calling(&self, interface: &str) -> Vec<(&Arc<Mapped>, &StubTable)> {
        let is_named = |one: &&StubTable| one.declaration.name == interface;
        let mut found = Vec::new();
        let others = match &self.callers {
            None => &self.all,
            Some(callers) => {
                let host = self.host();
                let positions = callers.host.positions(interface);
                let all = positions.filter_map(|at| interfaces(host).nth(at));
                found.extend(all.filter(is_named).map(|one| (host, one)));
                callers.others.get(interface).map_or(&[][..], Vec::as_slice)
            }
        };
        for image in others {
            let named = interfaces(image).filter(is_named);
            found.extend(named.map(|one| (image, one)));
        }
        found
    }

    /// The images that have switch tables.
    pub(super) fn switching(&self) -> impl Iterator<Item = &Arc<Mapped>> {
        self.switching.iter()
    }
}

/// The positions of an image's interfaces, by their names.
fn hashed(image: &Mapped) -> Hashed {
    let names = interfaces(image).map(|one| one.declaration.name);
    Hashed::new(interfaces(image).count(), names)
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

#[cfg(test)]
mod tests {
    use dlkm_metadata::write::{Declaration, Functions, Unmap};
    use dlkm_metadata::{Abi, Class};

    use super::*;
    use crate::call::hold::HoldPlace;
    use crate::image::rust::Image;
    use crate::program::described::Program;

    /// An image with interfaces of these names.
    fn image(names: &[String]) -> Image {
        let interface = |name: &String| StubTable {
            declaration: Declaration {
                name: name.clone().leak(),
                class: Class::Unloadable,
                switch: false,
                abi: Abi::Rust,
                version: "0.1.0",
                functions: Functions::NONE,
                unmap: Unmap::PROVEN,
            },
            types: &[],
            hold: Box::leak(Box::new(HoldPlace::new())),
            stubs: &[],
            kinds: &[],
            entry: None,
            waits: None,
            reach: None,
        };
        let all: Vec<_> = names.iter().map(interface).collect();
        Image {
            interfaces: all.leak(),
            ..Program::this().image
        }
    }

    /// Compares what is found with what a walk over all interfaces of all images finds.
    fn check(images: &Images, names: &[String]) {
        for name in names {
            let all = images.iter().flat_map(|image| {
                let of_image = interfaces(image).map(move |one| (image, one));
                of_image.filter(|(_, one)| one.declaration.name == name)
            });
            let found = images.calling(name);
            let place = |(image, one): (&Arc<Mapped>, &StubTable)| {
                (Arc::as_ptr(image), std::ptr::from_ref(one))
            };
            assert!(
                all.map(place).eq(found.into_iter().map(place)),
                "{name} with {} images",
                images.all.len()
            );
        }
    }

    #[test]
    fn with_few_images_and_with_many_each_caller_of_an_interface_is_found() {
        let names: Vec<_> = (0..40).map(|at| format!("interface{at}")).collect();
        // Two of each name, as with two versions of a crate, but for the last ones.
        let of_host: Vec<_> = (0..70).map(|at| names[at % 38].clone()).collect();
        let mut images = Images::new(Mapped::host(image(&of_host)));
        let mut others = Vec::new();
        for round in 0..3 * FEW {
            let of_image: Vec<_> = (0..round % 7)
                .map(|at| names[(round * at) % 40].clone())
                .collect();
            let one = Mapped::host(image(&of_image));
            images.add(&one);
            others.push(one);
            check(&images, &names);
        }
        while !others.is_empty() {
            let one = others.swap_remove(others.len() / 2);
            images.remove(&one);
            check(&images, &names);
        }
        assert_eq!(images.all.len(), 1, "the host's stays");
    }
}
