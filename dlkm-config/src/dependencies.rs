//! Puts dependencies into use with the modules that need them, and keeps them in use.

use std::collections::{HashMap, HashSet};

use dlkm_system::{Choice, SystemFile};
use semver::Version;

use crate::change::Change;
use crate::edit::Editor;
use crate::inventory::{Installed, Inventory, Need, On};
use crate::plain::plain;
use crate::refusal::Refusal;
use crate::resolve::NextState;
use crate::spec::ModuleSpec;

/// The result of looking at the dependencies.
#[derive(Debug, Default)]
pub(crate) struct Dependencies {
    /// The modules that were put into use because others need them.
    pub(crate) brought_in: Vec<String>,
    /// The reasons against the changes.
    pub(crate) refusals: Vec<Refusal>,
}

impl Dependencies {
    /// Puts the dependencies of modules into use that the changes put into use, and theirs.
    pub(crate) fn bring_in(
        editor: &mut Editor,
        before: &SystemFile,
        inventory: &Inventory,
        changes: &[Change],
    ) -> Self {
        let mut found = Dependencies::default();
        let named = changes.iter().filter_map(|change| match change {
            Change::Module(change) => Some(&change.name),
            Change::Uninstall(name) => Some(name),
            _ => None,
        });
        let named: Vec<&Installed> = named.filter_map(|name| inventory.module(name)).collect();
        let mut used = used(editor, inventory);
        let named_ones: Used<'_> = named.iter().map(|module| &*module.name).collect();
        let mut todo: Vec<&Installed> = named.clone();
        let mut done = Used::new();
        while let Some(module) = todo.pop() {
            if !used.contains(&*module.name) || !done.insert(&module.name) {
                continue;
            }
            found.refusals.extend(weak(module, inventory));
            for need in &module.needs {
                let is_used = |other: &Installed| used.contains(&*other.name);
                let other = match find(module, need, inventory, &is_used) {
                    Ok(other) => other,
                    Err(refusal) => {
                        found.refusals.push(refusal);
                        continue;
                    }
                };
                if !is_used(other) {
                    if named_ones.contains(&*other.name) {
                        // The same command line makes it unused: see below.
                        continue;
                    }
                    let line = editor.module(&other.name).cloned();
                    let mut spec =
                        line.unwrap_or_else(|| ModuleSpec::new(&other.name, Choice::Best));
                    spec.choice = Choice::Best;
                    editor.set_module(&spec);
                    used.insert(&other.name);
                    found.brought_in.push(other.name.clone());
                }
                todo.push(other);
            }
        }
        let unused = named.iter().filter(|one| !used.contains(&*one.name));
        let refusals = needed(unused, &used, before, inventory);
        found.refusals.extend(refusals);
        let text = editor.finish().ok();
        let system = text.and_then(|text| SystemFile::parse(&text).ok());
        let starts = inventory.modules().iter();
        let starts: Vec<_> = starts.filter(|one| done.contains(&*one.name)).collect();
        for module in &starts {
            let late = phases(system.as_ref(), module, inventory);
            found.refusals.extend(late);
        }
        // The first that was named comes first, so the circle begins with it.
        let starts = named
            .iter()
            .copied()
            .filter(|one| done.contains(&*one.name));
        let circle = circle(starts, inventory).map(Refusal::Circle);
        found.refusals.extend(circle);
        found
    }
}

/// The names of modules that are used.
type Used<'a> = HashSet<&'a str>;

/// The modules that the text so far uses.
fn used<'a>(editor: &Editor, inventory: &'a Inventory) -> Used<'a> {
    let lines = editor.modules();
    let lines: HashMap<_, _> = lines
        .map(|spec| (plain(&spec.name), spec.choice != Choice::Unused))
        .collect();
    let is_used = |module: &&Installed| {
        let line = lines.get(&plain(&module.name)).copied();
        line.unwrap_or(module.required || module.linked)
    };
    let modules = inventory.modules().iter().filter(is_used);
    modules.map(|module| &*module.name).collect()
}

/// The installed module that meets a need.
pub(crate) fn find<'a>(
    module: &Installed,
    need: &Need,
    inventory: &'a Inventory,
    used: &dyn Fn(&Installed) -> bool,
) -> Result<&'a Installed, Refusal> {
    let fits = |version: &str| {
        let version = Version::parse(version);
        let range = need.range.as_ref();
        range.is_none_or(|range| version.is_ok_and(|version| range.matches(&version)))
    };
    let all = inventory.candidates(need);
    let fitting: Vec<&Installed> = all
        .iter()
        .filter(|(_, version)| fits(version))
        .map(|(module, _)| *module)
        .collect();
    let chosen = fitting.iter().find(|one| used(one));
    match (chosen, &fitting[..]) {
        (Some(one), _) | (None, [one]) => Ok(one),
        (None, []) => Err(Refusal::Missing {
            module: module.name.clone(),
            on: need.on,
            name: need.name.clone(),
            range: need.range.as_ref().map(ToString::to_string),
            installed: all.first().map(|(_, version)| (*version).to_owned()),
        }),
        (None, several) => Err(Refusal::Ambiguous {
            module: module.name.clone(),
            interface: need.name.clone(),
            providers: several.iter().map(|one| one.name.clone()).collect(),
        }),
    }
}

/// The weak dependencies of a module that are not installed. The kernel does not load the module
/// without them.
///
/// modprobe.d(5), weakdep: they must be present, and the tool never loads them.
pub(crate) fn weak(module: &Installed, inventory: &Inventory) -> Vec<Refusal> {
    let missing = module.weak.iter();
    let missing = missing.filter(|name| inventory.module(name).is_none());
    let refusal = |name: &String| Refusal::Weak {
        module: module.name.clone(),
        name: name.clone(),
    };
    missing.map(refusal).collect()
}

/// Modules that become unused although others need them.
fn needed<'a>(
    unused: impl Iterator<Item = &'a &'a Installed>,
    used: &Used<'_>,
    before: &SystemFile,
    inventory: &Inventory,
) -> Vec<Refusal> {
    let unused: Vec<&Installed> = unused.copied().collect();
    let is_used = |one: &Installed| used.contains(&*one.name);
    let was_used =
        |one: &Installed| NextState::of(Some(before), one).is_ok_and(|next| next.is_used());
    let mut by: Vec<Vec<String>> = vec![Vec::new(); unused.len()];
    for other in inventory.modules().iter().filter(|other| is_used(other)) {
        for need in &other.needs {
            // Another provider of an interface will do.
            if find(other, need, inventory, &is_used).is_ok_and(is_used) {
                continue;
            }
            let then = match need.on {
                On::Module => inventory.module(&need.name),
                On::Interface => find(other, need, inventory, &was_used).ok(),
            };
            let gone = unused
                .iter()
                .position(|one| then.is_some_and(|then| then.name == one.name));
            if let Some(gone) = gone {
                by[gone].push(other.name.clone());
            }
        }
    }
    let all = unused.iter().zip(by).filter(|(_, by)| !by.is_empty());
    let refusal = |(module, by): (&&Installed, Vec<String>)| Refusal::Needed {
        module: module.name.clone(),
        by,
    };
    all.map(refusal).collect()
}

/// The dependencies of a module that can't be loaded in the module's phase.
///
/// master(4): a dependency that is needed at boot must support the phase.
pub(crate) fn phases(
    system: Option<&SystemFile>,
    module: &Installed,
    inventory: &Inventory,
) -> Vec<Refusal> {
    let phase_of = |one: &Installed| NextState::of(system, one).ok()?.phase;
    let Some(phase) = phase_of(module) else {
        return Vec::new();
    };
    let used = |one: &Installed| phase_of(one).is_some();
    let found = module.needs.iter();
    let found = found.filter_map(|need| find(module, need, inventory, &used).ok());
    let late = found.filter(|other| {
        // A module that is loaded in an earlier phase is there.
        let there = phase_of(other).is_some_and(|other| other < phase);
        !there && !other.phases.contains(&phase) && !other.linked
    });
    let refusal = |other: &Installed| Refusal::DependencyPhase {
        module: module.name.clone(),
        phase,
        needs: other.name.clone(),
        supported: other.phases.clone(),
    };
    late.map(refusal).collect()
}

/// A circle of modules that depend on each other, from one to the same one.
pub(crate) fn circle<'a>(
    starts: impl Iterator<Item = &'a Installed>,
    inventory: &'a Inventory,
) -> Option<Vec<String>> {
    let needs = |module: &'a Installed| -> Vec<&'a Installed> {
        let found = module
            .needs
            .iter()
            .map(|need| find(module, need, inventory, &|_| false));
        found.filter_map(Result::ok).collect()
    };
    let mut done = Used::new();
    for start in starts {
        // Without recursion, since a chain may be long.
        let mut way = vec![(start, needs(start))];
        while let Some((module, rest)) = way.last_mut() {
            let module = *module;
            let Some(next) = rest.pop() else {
                done.insert(&module.name);
                way.pop();
                continue;
            };
            if let Some(first) = way.iter().position(|(one, _)| one.name == next.name) {
                let around = way[first..].iter().map(|(one, _)| one.name.clone());
                return Some(around.chain([next.name.clone()]).collect());
            }
            if !done.contains(&*next.name) {
                way.push((next, needs(next)));
            }
        }
    }
    None
}
