//! Which modules need which.

use dlkm_config::{Installed, Inventory, Need, On};

/// What a module needs, and the modules that are that. An interface that several modules provide is all
/// of them.
pub(crate) fn needs<'a>(
    module: &'a Installed,
    inventory: &'a Inventory,
) -> Vec<(&'a Need, Vec<&'a Installed>)> {
    let found = |need: &Need| -> Vec<_> {
        match need.on {
            On::Module => inventory.module(&need.name).into_iter().collect(),
            On::Interface => {
                let provides =
                    |one: &&Installed| one.interfaces.iter().any(|one| one.name == need.name);
                inventory.modules().iter().filter(provides).collect()
            }
        }
    };
    module
        .needs
        .iter()
        .map(|need| (need, found(need)))
        .collect()
}

/// A module and all that it needs, each after what it needs itself: the order in which they are loaded.
pub(crate) fn order<'a>(module: &'a Installed, inventory: &'a Inventory) -> Vec<&'a Installed> {
    let mut done: Vec<&Installed> = Vec::new();
    let mut begun: Vec<&str> = vec![&module.name];
    // Without recursion, since a chain may be long.
    let mut way = vec![(module, children(module, inventory))];
    while let Some((module, rest)) = way.last_mut() {
        let module = *module;
        match rest.pop() {
            None => {
                done.push(module);
                way.pop();
            }
            Some(next) if begun.contains(&&*next.name) => {}
            Some(next) => {
                begun.push(&next.name);
                way.push((next, children(next, inventory)));
            }
        }
    }
    done
}

/// The modules that it needs, the last one first.
pub(crate) fn children<'a>(module: &'a Installed, inventory: &'a Inventory) -> Vec<&'a Installed> {
    let needs = needs(module, inventory).into_iter();
    let mut all: Vec<_> = needs.flat_map(|(_, modules)| modules).collect();
    all.reverse();
    all
}
