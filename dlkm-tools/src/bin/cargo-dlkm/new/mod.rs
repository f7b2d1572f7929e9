//! `cargo dlkm new`: a workspace with an interface, its driver and a host.

mod files;
mod name;

use std::fmt;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use dlkm_tools::terminal::{self, GOOD};

use crate::args::NewArgs;
use name::Name;

/// Why there is no new workspace.
#[derive(Debug)]
enum Failure {
    /// The name is not a good one; the text says why.
    Name(String, String),
    Exists(PathBuf),
    Create(PathBuf, io::Error),
    /// The folder of `--path` is no checkout.
    Checkout(PathBuf),
}

pub(crate) fn run(options: &NewArgs) -> ExitCode {
    match create(&options.path, options.checkout.as_deref()) {
        Ok(name) => {
            if !options.quiet {
                let place = options.path.display();
                anstream::eprintln!(
                    "{GOOD}{:>12}{GOOD:#} interface `{name}-api`, driver `{name}` and host \
                     `{name}-host` in {place}",
                    "Created"
                );
                terminal::note(format_args!(
                    "`cd {place}`, then `cargo dlkm run` or `cargo test`"
                ));
                if let Some(manifest) = workspace_above(&options.path) {
                    terminal::note(format_args!(
                        "{place} is a workspace of its own; if the `members` of {} include it, add it \
                         to that workspace's `exclude`",
                        manifest.display()
                    ));
                }
            }
            ExitCode::SUCCESS
        }
        Err(failure) => {
            terminal::error(failure);
            ExitCode::FAILURE
        }
    }
}

/// Creates the folder with all files, and returns the name of the module. After an error there is no
/// new folder.
fn create(folder: &Path, checkout: Option<&Path>) -> Result<String, Failure> {
    let last = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = Name::new(&last).map_err(|reason| Failure::Name(last.into_owned(), reason))?;
    let checkout = checkout.map(checked).transpose()?;
    let files = files::files(&name, checkout.as_deref());

    fs::create_dir(folder).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::Exists(folder.to_owned()),
        _ => Failure::Create(folder.to_owned(), error),
    })?;
    let filled = fill(folder, &files, checkout.as_deref());
    if filled.is_err() {
        // It is new, so everything in it is from here. The first error is the one to report.
        let _ = fs::remove_dir_all(folder);
    }
    filled?;
    Ok(name.text)
}

/// The manifest of the nearest workspace that the folder is in.
fn workspace_above(folder: &Path) -> Option<PathBuf> {
    let folder = folder.canonicalize().ok()?;
    let manifests = folder.ancestors().skip(1).map(|one| one.join("Cargo.toml"));
    let is_workspace = |file: &PathBuf| {
        let text = fs::read_to_string(file).unwrap_or_default();
        text.lines().any(|line| line.trim() == "[workspace]")
    };
    manifests.into_iter().find(is_workspace)
}

/// The folder as an absolute path, if it is a checkout of dlkm.
fn checked(folder: &Path) -> Result<PathBuf, Failure> {
    let crates = ["dlkm-rt", "dlkm-tools"];
    match folder.canonicalize() {
        Ok(found)
            if crates
                .iter()
                .all(|name| found.join(name).join("Cargo.toml").is_file()) =>
        {
            Ok(found)
        }
        _ => Err(Failure::Checkout(folder.to_owned())),
    }
}

fn fill(folder: &Path, files: &[(String, String)], checkout: Option<&Path>) -> Result<(), Failure> {
    for (path, text) in files {
        let file = folder.join(path);
        let parent = file.parent().unwrap_or(folder);
        fs::create_dir_all(parent)
            .and_then(|()| fs::write(&file, text))
            .map_err(|error| Failure::Create(file.clone(), error))?;
    }
    // The versions that the checkout itself is built with, which are likely to be on this machine.
    let lock = checkout.map(|checkout| checkout.join("Cargo.lock"));
    if let Some(lock) = lock.filter(|lock| lock.is_file()) {
        let file = folder.join("Cargo.lock");
        fs::copy(&lock, &file).map_err(|error| Failure::Create(file, error))?;
    }
    Ok(())
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Name(name, reason) => write!(
                f,
                "`{}` can't be the name of a module: it {reason}; choose another name, such as \
                 `word-count`",
                name.escape_debug()
            ),
            Failure::Exists(folder) => write!(
                f,
                "{} exists already; choose another name, or remove it first",
                folder.display()
            ),
            Failure::Create(path, error) => {
                write!(f, "could not create {}: {error}; ", path.display())?;
                f.write_str(match error.kind() {
                    ErrorKind::NotFound => "create the folder above it first",
                    ErrorKind::StorageFull => "free some space first",
                    _ => "choose a folder that you can write to",
                })
            }
            Failure::Checkout(folder) => write!(
                f,
                "{} is not a checkout of dlkm; --path takes the folder that contains `dlkm-rt`",
                folder.display()
            ),
        }
    }
}
