//! How tunables stand now, in a running kernel, and at the next boot.

use dlkm_config::{Refusal, Tunable, Tunables};
use dlkm_metadata::TunableInfo;

use crate::failure::Failure;
use crate::view::View;

/// A tunable now and at the next boot.
#[derive(Debug)]
pub(crate) struct TunableStatus<'a> {
    pub(crate) now: Tunable<'a>,
    pub(crate) next: Tunable<'a>,
}

impl<'a> TunableStatus<'a> {
    pub(crate) fn info(&self) -> Option<&'a TunableInfo> {
        self.next.info.map(|(_, info)| info)
    }

    /// Whether another value counts from the next boot on.
    pub(crate) fn differs(&self) -> bool {
        self.now.value != self.next.value
    }
}

/// All tunables. Of several kernels, the one counts whose value will be another one.
pub(crate) fn statuses(view: &View) -> Vec<TunableStatus<'_>> {
    let next = Tunables::of(view.system.as_ref(), &view.inventory);
    let kernels = view.kernels.iter();
    let kernels = kernels.map(|one| Tunables::of(one.following.system.as_ref(), &view.inventory));
    let kernels: Vec<_> = kernels.collect();
    let status = |next: &Tunable<'_>, name: &str| {
        let mut all = kernels.iter().filter_map(|kernel| kernel.get(name));
        let differs = all.clone().find(|now| now.value != next.value);
        differs.or_else(|| all.next()).cloned()
    };
    let all = next.iter().map(|next| TunableStatus {
        now: status(next, &next.name).unwrap_or_else(|| next.clone()),
        next: next.clone(),
    });
    all.collect()
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
