//! Modules for tests, from metadata as images have it, and what is done with them.

use std::time::{Duration, SystemTime};

use dlkm_metadata::{Metadata, Phase};

use crate::by::By;
use crate::change::{Argument, Change};
use crate::inventory::{Installed, Inventory};
use crate::plan::Plan;
use crate::plan_options::PlanOptions;
use crate::refusal::Refusal;

/// A module of version 1.0.0, which provides the interface of its own name.
pub(crate) fn module(name: &str, states: &str, depends: &str, tunables: &[&str]) -> Installed {
    let text = metadata(name, "1.0.0", states, depends, tunables);
    let metadata = Metadata::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
    Installed::of(&metadata)
}

/// The text of an image's metadata. Of a tunable, the lines are separated by `|`.
pub(crate) fn metadata(
    name: &str,
    version: &str,
    states: &str,
    depends: &str,
    tunables: &[&str],
) -> String {
    let tunables = tunables.iter().map(|lines| {
        let lines = lines.split('|').map(|line| format!("{line}\0"));
        lines.collect::<String>()
    });
    format!(
        "format=2\0name={name}\0version={version}\0kind=misc\0desc=The module {name}\0\
         states={states}\0depends={depends}\0{}interface={name} unloadable Rust 1.0.0\0\
         rustc=1.95.0\0commit=unknown\0target=x86_64-unknown-linux-gnu\0pointer=64\0\
         panic=unwind\0runtime=0.1.0\0sanitizer=\0flags=\0features=fxsr\0",
        tunables.collect::<String>()
    )
}

/// Of all states, without anything else.
pub(crate) fn plain(name: &str) -> Installed {
    module(name, "auto loaded static", "", &[])
}

/// `shm` with tunables of several types, `net` that needs `ip`, which needs `core`, `disk` that can
/// only be static or loaded, and `guard`, which is required.
pub(crate) fn inventory() -> Inventory {
    let shm = [
        "tunable=segments u32 dynamic: How many|default=40|min=1|max=4096",
        "tunable=pages u32: How many of a segment|default=16",
        "tunable=size size dynamic: Of all|default=64KiB",
        "tunable=label text: A name|default=none",
        "tunable=mode choice: What it does|default=fast|choice=fast|choice=slow",
        "tunable=log bool dynamic: Whether it logs|default=false",
    ];
    let mut guard = plain("guard");
    guard.required = true;
    let mut core = plain("core");
    core.phases = vec![Phase::Init, Phase::Auto];
    Inventory::new(vec![
        module("shm", "auto loaded static", "", &shm),
        module("net", "auto loaded static", "ip", &[]),
        module("ip", "auto loaded", "core", &[]),
        core,
        module("disk", "loaded static", "", &[]),
        guard,
    ])
}

/// Arguments of `kcmodule`, and with a dot those of `kctune`.
pub(super) fn changes(arguments: &str) -> Vec<Change> {
    let parse = |text: &str| {
        let name = text.split('=').next().unwrap();
        let argument = match name.contains('.') || name.starts_with("my") {
            true => Argument::tunable(text),
            false => Argument::module(text),
        };
        match argument {
            Ok(Argument::Change(change)) => change,
            other => panic!("{text}: {other:?}"),
        }
    };
    arguments.split(' ').map(parse).collect()
}

pub(super) fn plan(text: &str, arguments: &str) -> Result<Plan, Vec<Refusal>> {
    plan_with(text, arguments, PlanOptions::default())
}

pub(super) fn plan_with(
    text: &str,
    arguments: &str,
    options: PlanOptions,
) -> Result<Plan, Vec<Refusal>> {
    let text = format!("version 1\n{text}");
    Plan::new(
        Some(text.as_bytes()),
        &inventory(),
        &changes(arguments),
        options,
    )
}

/// The new text, without the line `version`.
pub(super) fn planned(text: &str, arguments: &str) -> String {
    let plan = plan(text, arguments).unwrap_or_else(|refusals| panic!("{refusals:#?}"));
    let text = String::from_utf8(plan.text().to_vec()).unwrap();
    text.strip_prefix("version 1\n").unwrap().to_owned()
}

/// What is refused, as messages.
pub(super) fn refused(text: &str, arguments: &str) -> Vec<String> {
    let refusals = plan(text, arguments).expect_err("it is refused");
    refusals.iter().map(ToString::to_string).collect()
}

/// A user, at a time that does not go on.
pub(super) fn by(comment: &str) -> By {
    By {
        uid: 0,
        user: "root".to_owned(),
        time: SystemTime::UNIX_EPOCH + Duration::from_secs(1_767_323_045),
        comment: comment.to_owned(),
    }
}
