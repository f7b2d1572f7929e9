//! How a registered module is shown: its id, its status and its type.

use dlkm_config::{Installed, Root};
use dlkm_metadata::Metadata;
use dlkm_system::{State, same_name};

use crate::failure::Failure;
use crate::view::View;

/// The class of numbers in the registry that ids are.
pub(super) const CLASS: &str = "module-id";

pub(super) fn known_id(root: &Root, name: &str) -> Result<Option<u64>, Failure> {
    let all = root.numbers()?;
    let mut of_class = all.iter().filter(|one| one.class == CLASS);
    Ok(of_class
        .find(|one| same_name(&one.name, name))
        .map(|one| one.number))
}

pub(super) fn loaded(state: State) -> &'static str {
    match state {
        State::Loaded => "LOADED",
        State::Static => "STATIC",
        _ => "UNLOADED",
    }
}

pub(super) fn kind(view: &View, module: &Installed) -> String {
    let records = view.records(&module.name);
    let kinds = records.filter_map(|(_, record)| record.get("kind").map(str::to_owned));
    let of_image = || {
        let file = view.root.image_file(&module.name).ok()?;
        Some(Metadata::read(&file).ok()?.kind().to_owned())
    };
    kinds.last().or_else(of_image).unwrap_or_default()
}
