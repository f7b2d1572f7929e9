//! How tunables stand now, in running kernels, and at the next boot.

use dlkm_metadata::TunableInfo;
use dlkm_system::SystemFile;

use crate::inventory::Inventory;
use crate::standing::Following;
use crate::tunable_values::{Tunable, Tunables};

/// A tunable now, and at the next boot.
#[derive(Clone, Debug)]
pub struct TunableStatus<'a> {
    /// What it is in a running kernel. Without one, it is as at the next boot.
    pub now: Tunable<'a>,
    /// What it is at the next boot.
    pub next: Tunable<'a>,
}

impl<'a> TunableStatus<'a> {
    /// How all tunables stand. Of several kernels, the one counts in which the value is another one.
    pub fn all(
        inventory: &'a Inventory,
        system: Option<&SystemFile>,
        kernels: &[&Following],
    ) -> Vec<Self> {
        let next = Tunables::of(system, inventory);
        let kernels = kernels.iter();
        let kernels: Vec<_> = kernels
            .map(|one| Tunables::of(one.system.as_ref(), inventory))
            .collect();
        let now = |next: &Tunable<'_>| {
            let mut all = kernels.iter().filter_map(|kernel| kernel.get(&next.name));
            let other = all.clone().find(|now| now.value != next.value);
            other.or_else(|| all.next()).cloned()
        };
        let all = next.iter().map(|next| TunableStatus {
            now: now(next).unwrap_or_else(|| next.clone()),
            next: next.clone(),
        });
        all.collect()
    }

    /// What its module says of it; `None` for a user's own, and for one of a module that is gone.
    pub fn info(&self) -> Option<&'a TunableInfo> {
        self.next.info.map(|(_, info)| info)
    }

    /// Whether another value counts from the next boot on: `-D` of kctune(1M).
    pub fn differs(&self) -> bool {
        self.now.value != self.next.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::modules::inventory;

    #[test]
    fn the_kernel_counts_in_which_the_value_is_another_one() {
        let inventory = inventory();
        let file = |text: &str| SystemFile::parse(format!("version 1\n{text}").as_bytes()).unwrap();
        let kernel = |text: &str| Following {
            system: Some(file(text)),
            present: Vec::new(),
        };
        let next = file("tunable shm.pages 2\n");
        let (same, other) = (
            kernel("tunable shm.pages 2\n"),
            kernel("tunable shm.label x\n"),
        );
        let differ = |kernels: &[&Following]| {
            let all = TunableStatus::all(&inventory, Some(&next), kernels);
            let all = all.iter().filter(|one| one.differs());
            let names = all.map(|one| format!("{} {:?}", one.next.name, one.now.text()));
            names.collect::<Vec<_>>()
        };
        assert_eq!(differ(&[]), [""; 0]);
        assert_eq!(differ(&[&same]), [""; 0]);
        let both = ["shm.label \"x\"", "shm.pages \"Default\""];
        assert_eq!(differ(&[&same, &other]), both);
        assert_eq!(differ(&[&other]), both);
    }
}
