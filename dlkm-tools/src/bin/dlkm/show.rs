//! Blocks of text about one module or tunable.

use dlkm_config::{ModuleStatus, Tunable};
use dlkm_tools::terminal::HEADING;

use crate::list::cause;

/// Fields below a heading; those without a value are left out.
pub(crate) fn block(head: &str, fields: &[(&str, String)]) -> String {
    let mut text = format!("{HEADING}{head}{HEADING:#}\n");
    let shown = fields.iter().filter(|(_, value)| !value.is_empty());
    for (name, value) in shown {
        text += &format!("  {name:<12} {value}\n");
    }
    text
}

pub(crate) fn module(one: &ModuleStatus<'_>) -> String {
    let module = one.module;
    let words = |list: Vec<String>| list.join(" ");
    let with_cause = |state: dlkm_config::Standing| match state.cause {
        Some(_) => format!("{} ({})", state.state, cause(state.cause)),
        None => state.state.to_string(),
    };
    let needs = module.needs.iter().map(|need| match &need.range {
        Some(range) => format!("{} {} {range}", need.on, need.name),
        None => format!("{} {}", need.on, need.name),
    });
    block(
        &format!("module {}", module.name),
        &[
            ("version", module.version.clone()),
            ("about", module.desc.clone()),
            ("state", with_cause(one.now)),
            ("next boot", with_cause(one.next)),
            (
                "can be",
                words(module.capable().iter().map(ToString::to_string).collect()),
            ),
            (
                "phases",
                words(module.phases.iter().map(ToString::to_string).collect()),
            ),
            ("needs", needs.collect::<Vec<_>>().join(", ")),
            (
                "provides",
                words(
                    module
                        .interfaces
                        .iter()
                        .map(|one| one.name.clone())
                        .collect(),
                ),
            ),
            (
                "tunables",
                words(
                    module
                        .tunables
                        .iter()
                        .map(|one| one.name().to_owned())
                        .collect(),
                ),
            ),
        ],
    )
}

/// A tunable's value, or why it has none.
pub(crate) fn value(one: &Tunable<'_>) -> String {
    match &one.value {
        Ok(value) => value.to_string(),
        Err(fault) => format!("none: {fault}"),
    }
}
