//! What was tuned since the boot: the kernel's memory, which outlasts the images.

use dlkm_system::same_name;

use crate::primitive::{Mutex, lock};
use crate::sorted::Sorted;

/// The values that tunables were set to while the program ran, by module, as texts.
#[derive(Debug, Default)]
pub(super) struct Tuned(Mutex<Sorted<String, Vec<(String, String)>>>);

impl Tuned {
    pub(super) fn get(&self, module: &str, tunable: &str) -> Option<String> {
        let all = lock(&self.0);
        let mut of_module = all.get(module)?.iter();
        let found = of_module.find(|(name, _)| same_name(name, tunable));
        found.map(|(_, value)| value.clone())
    }

    pub(super) fn set(&self, module: &str, tunable: &str, value: &str) {
        let mut all = lock(&self.0);
        let of_module = all.get_or_insert(module, Vec::new);
        match of_module
            .iter_mut()
            .find(|(name, _)| same_name(name, tunable))
        {
            Some((_, known)) => value.clone_into(known),
            None => of_module.push((tunable.to_owned(), value.to_owned())),
        }
    }

    /// Forgets the values of those tunables of which the file says something new. Returns them, each
    /// with its module and name.
    pub(super) fn forget(
        &self,
        concerned: impl Fn(&str, &str) -> bool,
    ) -> Vec<(String, String, String)> {
        let mut all = lock(&self.0);
        let known = all.iter().flat_map(|(module, of_module)| {
            let values = of_module.iter();
            values.map(|(name, value)| (module.clone(), name.clone(), value.clone()))
        });
        let mut forgotten: Vec<_> = known.collect();
        forgotten.retain(|(module, name, _)| concerned(module, name));
        for (module, name, _) in &forgotten {
            if let Some(of_module) = all.get_mut(&**module) {
                of_module.retain(|(known, _)| known != name);
            }
        }
        forgotten
    }
}
