//! The part of a plan that is about tunables.

use dlkm_metadata::{TunableInfo, TunableType};
use dlkm_system::{State, SystemFile, Value, same_name};

use crate::change::{Change, To};
use crate::edit::Editor;
use crate::inventory::Inventory;
use crate::plan_options::PlanOptions;
use crate::planned::{Action, Later, Planned, Subject, When};
use crate::refusal::Refusal;
use crate::resolve::NextState;
use crate::spec::TunableName;
use crate::tunable_values::{Tunable, Tunables, ValueFault};

/// Makes the changes of tunables that can be made.
pub(crate) fn edit(
    editor: &mut Editor,
    old: &Tunables<'_>,
    inventory: &Inventory,
    changes: &[Change],
    options: PlanOptions,
    refusals: &mut Vec<Refusal>,
) {
    for change in changes {
        let Change::Tunable { name, to } = change else {
            continue;
        };
        let result = match old.get(name) {
            Some(tunable) if can_be_set(tunable, to) => known(editor, old, tunable, to),
            None if options.user_tunables => users(editor, name, to),
            _ => {
                let (near, name) = (old.near(name), name.clone());
                Err(Refusal::UnknownTunable { name, near })
            }
        };
        refusals.extend(result.err());
    }
    remove_users(editor, old, inventory, changes, refusals);
}

/// Removes users' own tunables, which have no default. This comes last: the same command line may
/// remove the last use of one.
fn remove_users(
    editor: &mut Editor,
    old: &Tunables<'_>,
    inventory: &Inventory,
    changes: &[Change],
    refusals: &mut Vec<Refusal>,
) {
    let removed: Vec<&Tunable<'_>> = changes
        .iter()
        .filter_map(|change| match change {
            Change::Tunable {
                name,
                to: To::Default,
            } => old.get(name).filter(|one| one.is_users()),
            _ => None,
        })
        .collect();
    if removed.is_empty() {
        return;
    }
    let before = editor.clone();
    for one in &removed {
        editor.remove_tunable(&TunableName::from(&*one.name));
    }
    // A text that is none is reported later.
    let text = editor.finish().unwrap_or_default();
    let rest = SystemFile::parse(&text).unwrap_or_default();
    let rest = Tunables::of(Some(&rest), inventory);
    let used = removed
        .iter()
        .filter_map(|one| unused_by_others(old, &rest, one).err());
    let used: Vec<_> = used.collect();
    if !used.is_empty() {
        // Or each use of it would be one more refusal.
        *editor = before;
        refusals.extend(used);
    }
}

/// A line about a module that is not installed can only be removed.
fn can_be_set(tunable: &Tunable<'_>, to: &To) -> bool {
    tunable.info.is_some() || tunable.is_users() || *to == To::Default
}

/// How an edit names a tunable.
fn edited<'a>(tunable: &'a Tunable<'_>) -> TunableName<'a> {
    match tunable.info {
        Some((module, info)) => TunableName::of(module, info.name()),
        None => TunableName::from(&*tunable.name),
    }
}

fn known(
    editor: &mut Editor,
    old: &Tunables<'_>,
    tunable: &Tunable<'_>,
    to: &To,
) -> Result<(), Refusal> {
    let name = edited(tunable);
    let text = match to {
        To::Default => {
            if !tunable.is_users() {
                editor.remove_tunable(&name);
            }
            return Ok(());
        }
        To::Value(text) => match tunable.info {
            Some((_, info)) if info.ty() == TunableType::Text => quoted(text),
            _ => text.clone(),
        },
        To::Add(number) => {
            let value = tunable.value.as_ref().ok().and_then(Value::as_integer);
            let is_bool = matches!(tunable.value, Ok(Value::Bool(_)));
            let value = value.filter(|_| !is_bool);
            let value = value.ok_or_else(|| Refusal::NoInteger(tunable.name.clone()))?;
            let sum = value.checked_add((*number).into());
            let sum = sum.and_then(|sum| written(tunable, sum));
            sum.ok_or_else(|| Refusal::Sum(tunable.name.clone()))?
        }
        To::AtLeast(text) => {
            let least = value(old, tunable.info.map(|(_, info)| info), text)
                .map_err(|error| Refusal::Value {
                    tunable: tunable.name.clone(),
                    error,
                })?
                .as_integer()
                .ok_or_else(|| Refusal::NoInteger(tunable.name.clone()))?;
            match tunable.value.as_ref().ok().and_then(Value::as_integer) {
                Some(value) if value >= least => return Ok(()),
                _ => text.clone(),
            }
        }
    };
    editor.set_tunable(&name, &text).map_err(Refusal::Edit)
}

/// A number as the file has it for this tunable.
fn written(tunable: &Tunable<'_>, number: i128) -> Option<String> {
    match &tunable.value {
        Ok(Value::Size(_)) => u64::try_from(number).ok().map(|size| size.to_string()),
        // The file's numbers have 64 bits; a minus sign is an operator.
        _ => u64::try_from(number.unsigned_abs())
            .ok()
            .map(|_| number.to_string()),
    }
}

fn value(
    old: &Tunables<'_>,
    info: Option<&TunableInfo>,
    text: &str,
) -> Result<Value, dlkm_system::ValueError> {
    let mut others = |name: &str| old.get(name)?.value.as_ref().ok()?.as_integer();
    match info {
        Some(info) => Value::parse(text, info, &mut others),
        None => dlkm_system::Expression::parse(text)
            .and_then(|expression| expression.evaluate(&mut others))
            .map(Value::Integer)
            .map_err(dlkm_system::ValueError::Expression),
    }
}

/// A text in quotation marks, unless it can only stand without them.
fn quoted(text: &str) -> String {
    match text.contains('"') {
        true => text.to_owned(),
        false => format!("\"{text}\""),
    }
}

/// kctune(1M), `-u`: a user-defined tunable "is for use in expressions only".
fn users(editor: &mut Editor, name: &str, to: &To) -> Result<(), Refusal> {
    let letter = name.bytes().next().is_some_and(|b| b.is_ascii_alphabetic());
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if !letter || !name.bytes().all(fits) {
        return Err(Refusal::UserName(name.to_owned()));
    }
    let text = match to {
        To::Value(text) | To::AtLeast(text) => text.clone(),
        To::Add(_) => return Err(Refusal::NoInteger(name.to_owned())),
        To::Default => return Ok(()),
    };
    editor
        .set_tunable(&name.into(), &text)
        .map_err(Refusal::Edit)
}

/// kctune(1M), `-u`: "can't be removed while another expression uses it".
fn unused_by_others(
    old: &Tunables<'_>,
    rest: &Tunables<'_>,
    tunable: &Tunable<'_>,
) -> Result<(), Refusal> {
    let uses = |one: &&Tunable<'_>| {
        let mut names = one.names().into_iter();
        names.any(|name| old.get(name).is_some_and(|one| one.name == tunable.name))
    };
    let by: Vec<String> = rest
        .iter()
        .filter(uses)
        .map(|one| one.name.clone())
        .collect();
    match by.is_empty() {
        true => Ok(()),
        false => Err(Refusal::Used {
            tunable: tunable.name.clone(),
            by,
        }),
    }
}

/// Refuses changes after which a tunable has no value that had one before, or that was changed.
pub(crate) fn check(
    old: &Tunables<'_>,
    new: &Tunables<'_>,
    changes: &[Change],
    refusals: &mut Vec<Refusal>,
) {
    let changed = |one: &Tunable<'_>| {
        changes.iter().any(|change| match change {
            Change::Tunable { name, to } => {
                *to != To::Default
                    && new
                        .get(name)
                        .is_some_and(|other| same_name(&other.name, &one.name))
            }
            _ => false,
        })
    };
    for one in new.iter() {
        let Err(fault) = &one.value else {
            continue;
        };
        let had = old.get(&one.name).is_some_and(|old| old.value.is_ok());
        if !had && !changed(one) {
            continue;
        }
        let tunable = one.name.clone();
        let refusal = match fault.clone() {
            ValueFault::Circle(names) => Refusal::Expressions(names),
            ValueFault::Value(error) => Refusal::Value { tunable, error },
            ValueFault::Unknown(name) => {
                let near = new.near(&name);
                Refusal::UnknownTunable { name, near }
            }
            fault => Refusal::Fault { tunable, fault },
        };
        if !refusals.contains(&refusal) {
            refusals.push(refusal);
        }
    }
}

/// The differences between two files.
pub(crate) fn compare(
    old: &Tunables<'_>,
    new: &Tunables<'_>,
    systems: (&SystemFile, &SystemFile),
    inventory: &Inventory,
) -> Vec<Planned> {
    let mut found = Vec::new();
    for one in new.iter() {
        let before = old.get(&one.name);
        let text = before.map_or_else(|| "Default".to_owned(), Tunable::text);
        let value = before.and_then(|before| before.value.as_ref().ok());
        let same = value == one.value.as_ref().ok();
        if text == one.text() && same {
            continue;
        }
        let when = match same {
            true => When::Now(Action::Nothing),
            false => when(one, systems, inventory),
        };
        let indirect = text == one.text();
        let mut planned = Planned::new(Subject::Tunable, &one.name, (text, one.text()), when);
        planned.indirect = indirect;
        found.push(planned);
    }
    // Users' own ones, and those of modules that are gone, are only in a file.
    for one in old.iter().filter(|one| one.info.is_none()) {
        if new.get(&one.name).is_none() {
            let texts = (one.text(), "Default".to_owned());
            let when = When::Now(Action::Nothing);
            found.push(Planned::new(Subject::Tunable, &one.name, texts, when));
        }
    }
    found
}

fn when(
    tunable: &Tunable<'_>,
    (before, after): (&SystemFile, &SystemFile),
    inventory: &Inventory,
) -> When {
    let Some((module, info)) = tunable.info else {
        return When::Now(Action::Nothing);
    };
    let used = |system| {
        let module = inventory.module(module)?;
        let state = NextState::of(Some(system), module).ok()?.state;
        Some(state != State::Unused)
    };
    match (&tunable.value, info.is_dynamic()) {
        // kctune(1M): tunables of installed modules can be set even if the module is unused.
        _ if used(before) != Some(true) => When::Now(Action::Nothing),
        (_, false) => When::Later(Later::NotDynamic),
        // Its module goes with the same changes.
        _ if used(after) != Some(true) => When::Now(Action::Nothing),
        (Ok(value), true) => When::Now(Action::Tune(value.to_string())),
        (Err(_), true) => When::Later(Later::NotDynamic),
    }
}
