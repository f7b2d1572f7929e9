//! The tunables that a command is about.

use dlkm_config::{Refusal, TunableStatus, Tunables};

use crate::failure::Failure;
use crate::view::View;

/// All tunables.
pub(crate) fn statuses(view: &View) -> Vec<TunableStatus<'_>> {
    let kernels: Vec<_> = view.kernels.iter().map(|one| &one.following).collect();
    TunableStatus::all(&view.inventory, view.system.as_ref(), &kernels)
}

/// What all tunables were when the running kernel booted; nothing if it does not say.
pub(crate) fn at_boot(view: &View) -> Option<Tunables<'_>> {
    let booted = view.kernels.first()?.booted.as_ref()?;
    Some(Tunables::of(booted.system.as_ref(), &view.inventory))
}

/// Those of that name; all if there is no name.
pub(crate) fn wanted<'a, 'b>(
    view: &View,
    all: &'b [TunableStatus<'a>],
    names: &[String],
) -> Result<Vec<&'b TunableStatus<'a>>, Failure> {
    if names.is_empty() {
        return Ok(all.iter().collect());
    }
    let known = Tunables::of(view.system.as_ref(), &view.inventory);
    let (mut found, mut unknown) = (Vec::new(), Vec::new());
    for name in names {
        let one = known.get(name).map(|one| one.name.as_str());
        match all.iter().find(|status| Some(&*status.next.name) == one) {
            Some(status) => found.push(status),
            None => unknown.push(Refusal::unknown_tunable(name, &known)),
        }
    }
    match unknown.is_empty() {
        true => Ok(found),
        false => Err(Failure::Refused(unknown)),
    }
}
