//! Interfaces that several modules provide which are linked into the host. All of them start at the
//! boot; calls reach one at most.

use super::record::Running;
use crate::loader::Origin;
use crate::metadata::Metadata;

/// Which module serves each such interface: the one of its name, or else none, as calls are
/// ambiguous.
#[derive(Debug, Default)]
pub(super) struct Contested(Vec<(String, Option<String>)>);

impl Contested {
    /// Among the modules that are linked in and used.
    pub(super) fn among<'a>(linked: impl Iterator<Item = &'a Metadata>) -> Self {
        let mut providers: Vec<(&str, &str)> = Vec::new();
        let mut contested: Vec<(String, Option<String>)> = Vec::new();
        for module in linked {
            for interface in module.interfaces().iter().filter(|one| !one.is_switch()) {
                let (interface, module) = (interface.name(), module.name());
                let twin = providers.iter().find(|(known, _)| *known == interface);
                if let Some((_, first)) = twin {
                    let named = [first, module].into_iter().find(|name| *name == interface);
                    let named = named.map(str::to_owned);
                    match contested.iter_mut().find(|(known, _)| known == interface) {
                        Some((_, serves)) => *serves = serves.take().or(named),
                        None => contested.push((interface.to_owned(), named)),
                    }
                }
                providers.push((interface, module));
            }
        }
        Contested(contested)
    }

    /// Whether stubs of the interface may be bound to the module without a call that asks.
    pub(super) fn lets_bind(&self, interface: &str, running: &Running) -> bool {
        let mut all = self.0.iter();
        let contested = all.find(|(known, _)| known == interface);
        contested.is_none_or(|(_, serves)| {
            matches!(running.origin, Origin::File(_))
                || serves.as_deref() == Some(running.metadata.name())
        })
    }
}
