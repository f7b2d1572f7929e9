//! The search path: where `-L` looks for images that are not installed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dlkm_config::{By, Digest, Inventory};
use dlkm_metadata::Metadata;

use crate::change;
use crate::failure::Failure;
use crate::install::install;
use crate::message::Message;
use crate::place::Place;

/// kmadmin(1M), `-d`: prepends the folder to the search path.
pub(super) fn prepend(place: &Place, folder: &Path) -> Result<ExitCode, Failure> {
    let folder = fs::canonicalize(folder).map_err(|error| {
        let text = format_args!("{} can't be searched: {error}", folder.display());
        Failure::of(Message::SearchPath, text)
    })?;
    let locked = change::lock(place)?;
    let mut folders = locked.search_path()?;
    folders.retain(|one| *one != folder);
    folders.insert(0, folder);
    locked.set_search_path(&folders, &By::now(""))?;
    Ok(ExitCode::SUCCESS)
}

/// kmadmin(1M), `-D`: resets the search path.
pub(super) fn reset(place: &Place) -> Result<ExitCode, Failure> {
    change::lock(place)?.set_search_path(&[], &By::now(""))?;
    Ok(ExitCode::SUCCESS)
}

/// The name of a module that is named, or whose image a path names. It is installed if it is not yet,
/// with what it needs, as far as the search path has that.
///
/// kmadmin(1M), `-L`: "searches for a matching file in all directories specified in the search path";
/// with a path name, that is the object file.
pub(super) fn installed(place: &Place, named: &str) -> Result<String, Failure> {
    let inventory = Inventory::read(&place.root)?;
    let folders = place.root.search_path()?;
    let file = match named.contains('/') {
        true => PathBuf::from(named),
        false if inventory.module(named).is_some() => return Ok(named.to_owned()),
        false => match find(&folders, named) {
            Some(file) => file,
            // It may be linked into the host. If not, the kernel says what it lacks.
            None => return Ok(named.to_owned()),
        },
    };
    let metadata = read(&file)?;
    let name = metadata.name().to_owned();
    if let Ok(own) = place.root.image_file(&name) {
        let digest = |file: &Path| Digest::of_file(file).ok();
        return match digest(&own) == digest(&file) {
            true => Ok(name),
            false => Err(Failure::of(
                Message::NotLoadable,
                format_args!(
                    "another image of the module `{name}` is installed; `dlkm install -u {}` \
                     replaces it",
                    file.display()
                ),
            )),
        };
    }
    let (mut files, mut names) = (vec![file], vec![name.clone()]);
    let mut todo = vec![metadata];
    while let Some(one) = todo.pop() {
        let named = one.depends().iter().chain(one.weak()).map(|name| &**name);
        let ranges = one.requires().iter().filter(|one| !one.is_interface());
        for need in named.chain(ranges.map(|one| one.name())) {
            if inventory.module(need).is_some() || names.iter().any(|name| name == need) {
                continue;
            }
            // What is not found is refused when this is installed.
            if let Some(file) = find(&folders, need) {
                todo.push(read(&file)?);
                files.push(file);
                names.push(need.to_owned());
            }
        }
    }
    install(place, &files, false, "kmadmin -L")?;
    Ok(name)
}

fn read(file: &Path) -> Result<Metadata, Failure> {
    Metadata::read(file).map_err(|error| {
        let text = format_args!("`{}`: {error}", file.display());
        Failure::of(Message::Image, text)
    })
}

/// The image of a module in the first folder that has one.
fn find(folders: &[PathBuf], module: &str) -> Option<PathBuf> {
    let dashed = module.replace('_', "-");
    let joined = module.replace('-', "_");
    let names = [
        format!("{module}.so"),
        format!("{dashed}.so"),
        format!("{joined}.so"),
        format!("lib{joined}.so"),
    ];
    let mut all = folders
        .iter()
        .flat_map(|folder| names.iter().map(|name| folder.join(name)));
    all.find(|file| file.is_file())
}
