//! The part of a plan that is about modules.

use std::collections::HashSet;

use dlkm_system::{Cause, Choice, State, SystemFile, same_name};

use crate::change::{Change, ModuleChange};
use crate::edit::Editor;
use crate::inventory::{Installed, Inventory};
use crate::planned::{Action, Later, Planned, Subject, When};
use crate::refusal::Refusal;
use crate::resolve::NextState;
use crate::spec::ModuleSpec;
use crate::words;

/// Makes the changes of modules that can be made.
pub(crate) fn edit(
    editor: &mut Editor,
    before: &SystemFile,
    inventory: &Inventory,
    changes: &[Change],
    refusals: &mut Vec<Refusal>,
) {
    for change in changes {
        match change {
            Change::Module(change) => match inventory.module(&change.name) {
                Some(module) => set(editor, before, module, change, refusals),
                // The line of a module that is not installed can still be changed to `unused`.
                None if change.choice == Some(Choice::Unused)
                    && editor.module(&change.name).is_some() =>
                {
                    editor.set_module(&ModuleSpec::new(&change.name, Choice::Unused));
                }
                None => refusals.push(Refusal::unknown_module(&change.name, inventory)),
            },
            Change::Uninstall(name) => match inventory.module(name) {
                Some(module) if module.required => {
                    refusals.push(Refusal::Required(module.name.clone()));
                }
                None if editor.module(name).is_none() => {
                    refusals.push(Refusal::unknown_module(name, inventory));
                }
                module => {
                    editor.remove_module(name);
                    editor.remove_tunables(|line| owner(line, name, inventory));
                    for tunable in module.iter().flat_map(|module| &module.tunables) {
                        let name = crate::spec::TunableName::of(name, tunable.name());
                        editor.remove_tunable(&name);
                    }
                }
            },
            _ => {}
        }
    }
}

/// Whether a line `MODULE.KEY` is about that module. Names may have dots, so it may be about another
/// one, whose name begins with this.
fn owner(line: &str, module: &str, inventory: &Inventory) -> bool {
    let of = |module: &str| {
        let start = line.split_at_checked(module.len());
        start.is_some_and(|(start, rest)| same_name(start, module) && rest.starts_with('.'))
    };
    let mut others = inventory.modules().iter();
    of(module) && !others.any(|other| other.name.len() > module.len() && of(&other.name))
}

fn set(
    editor: &mut Editor,
    before: &SystemFile,
    module: &Installed,
    change: &ModuleChange,
    refusals: &mut Vec<Refusal>,
) {
    let old = editor.module(&module.name).cloned();
    let mut spec = old.unwrap_or_else(|| {
        // Without a line it is unused, or its author's choice if it is required.
        let used = NextState::of(Some(before), module).is_ok_and(|next| next.is_used());
        let choice = if used { Choice::Best } else { Choice::Unused };
        ModuleSpec::new(&module.name, choice)
    });
    if let Some(choice) = change.choice {
        let capable = module.capable();
        match choice.resolve(&capable) {
            Ok(State::Unused) if module.required => {
                refusals.push(Refusal::Required(module.name.clone()));
            }
            Ok(_) => spec.choice = choice,
            Err(state) => refusals.push(Refusal::State {
                module: module.name.clone(),
                state,
                capable,
            }),
        }
    }
    if let Some(phase) = change.phase {
        match phase {
            Some(phase) if !module.phases.contains(&phase) => refusals.push(Refusal::Phase {
                module: module.name.clone(),
                phase,
                supported: module.phases.clone(),
            }),
            phase => spec.phase = phase,
        }
    }
    if let Some(version) = &change.version {
        match version {
            Some(wanted) if *wanted != module.version => refusals.push(Refusal::Version {
                module: module.name.clone(),
                wanted: wanted.clone(),
                installed: module.version.clone(),
            }),
            version => spec.version.clone_from(version),
        }
    }
    if let Some(idle) = change.idle {
        spec.idle = idle;
    }
    editor.set_module(&spec);
}

/// The words after the name on a module's line; without one, the state that its absence means.
pub(crate) fn text(system: Option<&SystemFile>, name: &str, module: Option<&Installed>) -> String {
    let Some(line) = system.and_then(|system| system.module(name)) else {
        let next = module.and_then(|module| NextState::of(system, module).ok());
        let state = next.map_or(State::Unused, |next| next.state);
        return state.to_string();
    };
    let mut text = line.choice.to_string();
    if let Some(version) = &line.version {
        text += &format!(" {version}");
    }
    if let Some(phase) = line.phase {
        text += &format!(" phase {phase}");
    }
    if let Some(idle) = line.idle {
        text += &format!(" idle {}", words::idle(idle));
    }
    text
}

/// The differences between two files.
pub(crate) fn compare(
    (before, after): (&SystemFile, &SystemFile),
    inventory: &Inventory,
    brought_in: &[String],
) -> Vec<Planned> {
    let mut names: Vec<&str> = inventory.modules().iter().map(|one| &*one.name).collect();
    // Also modules that are not installed.
    let lines = before.modules().iter().chain(after.modules());
    names.extend(
        lines
            .map(|line| &*line.name)
            .filter(|name| inventory.module(name).is_none()),
    );
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(*name));
    let mut found: Vec<Planned> = Vec::new();
    for name in names {
        let module = inventory.module(name);
        let texts = (
            text(Some(before), name, module),
            text(Some(after), name, module),
        );
        if texts.0 == texts.1 {
            continue;
        }
        let (when, mut cause) = match module {
            Some(module) => when((before, after), module),
            None => (When::Now(Action::Nothing), None),
        };
        if brought_in.iter().any(|one| one == name) {
            cause = Some(Cause::Depend);
        }
        let mut planned = Planned::new(Subject::Module, name, texts, when);
        planned.cause = cause;
        found.push(planned);
    }
    found
}

/// When a module can follow its line.
fn when((before, after): (&SystemFile, &SystemFile), module: &Installed) -> (When, Option<Cause>) {
    let next = |system| NextState::of(Some(system), module).ok();
    let cause = next(after).and_then(|next| next.cause);
    let state = |system| next(system).map(|next| next.state);
    let lines = [before, after].map(|system| system.module(&module.name));
    let version = lines.map(|line| line.and_then(|line| line.version.as_deref()));
    let idle = lines.map(|line| line.and_then(|line| line.idle));
    let phase = lines.map(|line| line.and_then(|line| line.phase));
    let used = |state: Option<State>| state.is_some_and(|state| state != State::Unused);
    let (old, new) = (state(before), state(after));
    let when = match (old, new) {
        (old, new) if old != new && [old, new].contains(&Some(State::Static)) => {
            When::Later(Later::Static)
        }
        // A line about a module that is not used changes nothing now.
        (_, new) if !used(new) && !used(old) => When::Now(Action::Nothing),
        (_, new) if used(new) && version[0] != version[1] => When::Later(Later::Version),
        (_, new) if used(new) && phase[0] != phase[1] => When::Later(Later::Phase),
        (_, new) if used(new) && idle[0] != idle[1] => When::Later(Later::Idle),
        (old, new) if old == new => When::Now(Action::Nothing),
        (Some(State::Loaded), Some(State::Auto)) => When::Now(Action::Nothing),
        (_, new) => When::Now(Action::State(new.unwrap_or(State::Unused))),
    };
    (when, cause)
}
