//! Finds everything that would go wrong with a system file at the next boot.

use std::collections::HashSet;

use dlkm_system::{State, SystemFile, same_name};

use crate::dependencies::{circle, find, phases, weak};
use crate::inventory::Inventory;
use crate::near::near;
use crate::refusal::Refusal;
use crate::resolve::NextState;
use crate::tunable_values::{Tunable, Tunables, ValueFault};

/// How many unknown names come with names that may be meant: to find those takes time.
const NEAR: usize = 20;

/// Everything that would go wrong. Lines about tunables that no installed module has are not among
/// it: see [`unknown_tunables`].
pub(crate) fn problems(system: Option<&SystemFile>, inventory: &Inventory) -> Vec<Refusal> {
    let mut found = Vec::new();
    let lines = system.map_or(&[][..], SystemFile::modules);
    let unknown = lines
        .iter()
        .filter(|line| inventory.module(&line.name).is_none());
    // A static one may be linked into the host: see `check`.
    let used =
        unknown.filter(|line| !matches!(line.choice.state(), Some(State::Unused | State::Static)));
    for (index, line) in used.enumerate() {
        let names = inventory.modules().iter().map(|module| &*module.name);
        let near = if index < NEAR {
            near(&line.name, names)
        } else {
            Vec::new()
        };
        let name = line.name.to_string();
        found.push(Refusal::UnknownModule { name, near });
    }
    let is_used =
        |module: &crate::Installed| NextState::of(system, module).is_ok_and(|next| next.is_used());
    for module in inventory.modules() {
        let name = || module.name.clone();
        let line = system.and_then(|system| system.module(&module.name));
        match NextState::of(system, module) {
            Err(State::Unused) => found.push(Refusal::Required(name())),
            Err(state) => found.push(Refusal::State {
                module: name(),
                state,
                capable: module.capable(),
            }),
            Ok(next) if !next.is_used() => continue,
            Ok(_) => {}
        }
        match line.and_then(|line| line.phase) {
            Some(phase) if !module.phases.contains(&phase) => found.push(Refusal::Phase {
                module: name(),
                phase,
                supported: module.phases.clone(),
            }),
            _ => {}
        }
        match line.and_then(|line| line.version.as_deref()) {
            Some(wanted) if wanted != module.version => found.push(Refusal::Version {
                module: name(),
                wanted: wanted.to_owned(),
                installed: module.version.clone(),
            }),
            _ => {}
        }
        for need in &module.needs {
            match find(module, need, inventory, &is_used) {
                Err(refusal) => found.push(refusal),
                Ok(other) if !is_used(other) => {
                    let (module, by) = (other.name.clone(), vec![name()]);
                    found.push(Refusal::Needed { module, by });
                }
                Ok(_) => {}
            }
        }
        found.extend(weak(module, inventory));
        found.extend(phases(system, module, inventory));
    }
    let used = inventory.modules().iter().filter(|module| is_used(module));
    found.extend(circle(used, inventory).map(Refusal::Circle));
    found.extend(faults(system, inventory, true));
    found
}

/// The tunables that would have no value: those of modules that are used, or the others, which does
/// no harm.
pub(crate) fn faults(
    system: Option<&SystemFile>,
    inventory: &Inventory,
    of_used: bool,
) -> Vec<Refusal> {
    let is_used = |tunable: &Tunable<'_>| {
        let module = tunable
            .info
            .and_then(|(module, _)| inventory.module(module));
        let next = module.map(|module| NextState::of(system, module));
        next.is_some_and(|next| next.is_ok_and(|next| next.is_used()))
    };
    let mut found: Vec<Refusal> = Vec::new();
    let tunables = Tunables::of(system, inventory);
    // A circle has many members, and is told once.
    let mut last_circle = None;
    let mut unknown = 0;
    let known = tunables
        .iter()
        .filter(|one| one.info.is_some() || one.is_users());
    for one in known.filter(|one| is_used(one) == of_used) {
        let Err(fault) = &one.value else {
            continue;
        };
        let tunable = one.name.clone();
        found.push(match fault.clone() {
            ValueFault::Circle(names) if last_circle.as_ref() == Some(&names) => continue,
            ValueFault::Circle(names) => {
                last_circle = Some(names.clone());
                Refusal::Expressions(names)
            }
            ValueFault::Value(error) => Refusal::Value { tunable, error },
            ValueFault::Unknown(name) if unknown < NEAR => {
                unknown += 1;
                let near = tunables.near(&name);
                Refusal::UnknownTunable { name, near }
            }
            fault => Refusal::Fault { tunable, fault },
        });
    }
    found
}

/// The modules that used ones want before or after them, and that are not installed. This does no
/// harm: the kernel leaves them out. Circles of such wishes do none either.
pub(crate) fn absent(
    system: Option<&SystemFile>,
    inventory: &Inventory,
) -> Vec<(String, Vec<String>)> {
    let used = inventory.modules().iter();
    let used = used.filter(|one| NextState::of(system, one).is_ok_and(|next| next.is_used()));
    let absent = used.map(|module| {
        let wants = module.wants.iter().map(|want| want.name());
        let absent = wants.filter(|name| inventory.module(name).is_none());
        (module.name.clone(), absent.map(str::to_owned).collect())
    });
    absent
        .filter(|(_, absent): &(_, Vec<_>)| !absent.is_empty())
        .collect()
}

/// The names on lines `tunable` that no installed module has, and that are no user's own, with the
/// numbers of the lines. A name `MODULE_KEY`, as HP-UX has it, is a user's own if an expression uses it.
pub(crate) fn unknown_tunables(
    system: Option<&SystemFile>,
    inventory: &Inventory,
) -> Vec<(String, usize)> {
    let tunables = Tunables::of(system, inventory);
    let named = tunables.iter().flat_map(Tunable::names);
    let used: HashSet<&str> = named
        .filter_map(|name| tunables.get(name).map(|one| &*one.name))
        .collect();
    let unused = |one: &Tunable<'_>| !used.contains(&*one.name);
    let of_module = |one: &Tunable<'_>| {
        inventory.modules().iter().any(|module| {
            let parts = one.name.split_at_checked(module.name.len());
            parts.is_some_and(|(start, key)| same_name(start, &module.name) && key.starts_with('_'))
        })
    };
    let unknown = tunables
        .iter()
        .filter(|one| one.info.is_none() && (!one.is_users() || of_module(one) && unused(one)));
    let with_line = unknown.filter_map(|one| Some((one.name.clone(), one.setting.as_ref()?.line)));
    with_line.collect()
}
