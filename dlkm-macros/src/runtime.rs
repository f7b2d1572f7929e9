//! Where the runtime is: at `crate = path`, or at the name that the author's `Cargo.toml` gives it.

use std::collections::HashMap;
use std::path::{Path as File, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

use proc_macro2::Span;
use syn::{Path, parse_quote};
use toml::{Table, Value};

use crate::args::Args;
use crate::errors::Errors;

/// The runtime's package.
const PACKAGE: &str = "dlkm-rt";
/// Its crate, where the author does not rename it.
const NAME: &str = "dlkm_rt";

/// The path of the runtime in an author's crate.
pub(crate) struct Runtime {
    pub(crate) path: Path,
    /// `false` after it was reported that there is none. Then no item may name the path.
    pub(crate) found: bool,
}

impl Runtime {
    /// Takes the key `crate` of `#[attribute(crate = path)]`, or looks into `Cargo.toml`.
    pub(crate) fn take(args: &mut Args, attribute: &str, errors: &mut Errors) -> Self {
        let example = format!("#[{attribute}(crate = framework::{NAME})]");
        Self::take_like(args, &example, errors)
    }

    /// `example` is how the path is written.
    pub(crate) fn take_like(args: &mut Args, example: &str, errors: &mut Errors) -> Self {
        let (path, found) = match args.path("crate", errors) {
            Some(path) => (path, true),
            None => match name() {
                Some(Found::Named(name)) => {
                    let name = syn::Ident::new(&name, Span::call_site());
                    (parse_quote!(::#name), true)
                }
                Some(Found::Missing) => (parse_quote!(::dlkm_rt), false),
                None => (parse_quote!(::dlkm_rt), true),
            },
        };
        if !found {
            let message = format!(
                "`{PACKAGE}` is not a dependency in this crate's Cargo.toml: add it, or write the \
                 path where another crate re-exports it, as in `{example}`"
            );
            errors.add(syn::Error::new(Span::call_site(), message));
        }
        Runtime { path, found }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    /// The name of a dependency.
    Named(String),
    /// The package depends on other crates only.
    Missing,
}

/// The runtime's name in the package that is compiled. `None` if there is no `Cargo.toml` that says
/// so, as in a build without Cargo.
fn name() -> Option<Found> {
    // A crate may have thousands of derives.
    static KNOWN: Mutex<Option<HashMap<PathBuf, Option<Found>>>> = Mutex::new(None);
    let folder = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR")?);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    known
        .entry(folder)
        .or_insert_with_key(|at| find(at))
        .clone()
}

fn find(folder: &File) -> Option<Found> {
    let manifest = read(folder)?;
    let package = manifest.get("package")?;
    let all = dependencies(&manifest);
    let own = package.get("name")?.as_str()? == PACKAGE;
    if own || all.iter().any(|(key, _)| crate_name(key) == NAME) {
        return Some(Found::Named(NAME.to_owned()));
    }
    let is_runtime = |one: &Value| one.get("package").and_then(Value::as_str) == Some(PACKAGE);
    let is_inherited = |one: &Value| one.get("workspace").and_then(Value::as_bool) == Some(true);
    let mut renamed = all.iter().find(|(_, one)| is_runtime(one));
    if renamed.is_none() && all.iter().any(|(_, one)| is_inherited(one)) {
        let shared = shared(folder, package)?;
        renamed = all
            .iter()
            .find(|(key, one)| is_inherited(one) && shared.get(*key).is_some_and(is_runtime));
    }
    Some(match renamed {
        Some((key, _)) => Found::Named(crate_name(key)),
        None => Found::Missing,
    })
}

/// The dependencies that the workspace declares for its packages.
fn shared(folder: &File, package: &Value) -> Option<Table> {
    let dependencies = |manifest: Table| {
        let workspace = manifest.get("workspace")?.as_table()?;
        Some(
            match workspace.get("dependencies").and_then(Value::as_table) {
                Some(dependencies) => dependencies.clone(),
                None => Table::new(),
            },
        )
    };
    match package.get("workspace").and_then(Value::as_str) {
        Some(root) => dependencies(read(&folder.join(root))?),
        None => folder.ancestors().find_map(|at| dependencies(read(at)?)),
    }
}

/// All dependencies of the package's code, by the names in its `Cargo.toml`.
fn dependencies(manifest: &Table) -> Vec<(&String, &Value)> {
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values);
    let tables = targets.filter_map(Value::as_table).chain([manifest]);
    let kinds = ["dependencies", "dev-dependencies", "dev_dependencies"];
    tables
        .flat_map(|table| {
            kinds
                .into_iter()
                .filter_map(|kind| table.get(kind)?.as_table())
        })
        .flatten()
        .collect()
}

fn read(folder: &File) -> Option<Table> {
    fs::read_to_string(folder.join("Cargo.toml"))
        .ok()?
        .parse()
        .ok()
}

fn crate_name(key: &str) -> String {
    key.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(name: &str, package: &str, workspace: &str) -> Option<Found> {
        let root = env::temp_dir().join(format!("dlkm-macros-{}-{name}", std::process::id()));
        let folder = root.join("crates/one");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("Cargo.toml"), package).unwrap();
        fs::write(root.join("Cargo.toml"), workspace).unwrap();
        let found = find(&folder);
        fs::remove_dir_all(root).unwrap();
        found
    }

    #[test]
    fn the_runtime_has_the_name_that_the_manifest_gives_it() {
        let workspace = "[workspace]\n[workspace.dependencies]\nrt = { package = \"dlkm-rt\", version = \"1\" }\n\
                         dlkm-rt = \"1\"\nother = \"1\"\n";
        let named = |name: &str| Some(Found::Named(name.to_owned()));
        for (i, (rest, expected)) in [
            ("[dependencies]\ndlkm-rt = \"1\"", named("dlkm_rt")),
            ("[dependencies]\ndlkm_rt.path = \"..\"", named("dlkm_rt")),
            (
                "[dependencies.dlkm-rt]\npackage = \"fork\"",
                named("dlkm_rt"),
            ),
            ("[dependencies]\ndlkm-rt.workspace = true", named("dlkm_rt")),
            ("[dev-dependencies]\ndlkm-rt = \"1\"", named("dlkm_rt")),
            (
                "[target.'cfg(unix)'.dependencies]\nrt.package = \"dlkm-rt\"",
                named("rt"),
            ),
            (
                "[dependencies]\nsome-name = { package = \"dlkm-rt\", version = \"1\" }",
                named("some_name"),
            ),
            (
                "[dependencies]\nother.workspace = true\nrt = { workspace = true }",
                named("rt"),
            ),
            (
                "[dependencies]\nother.workspace = true",
                Some(Found::Missing),
            ),
            ("[dependencies]\nrt = \"1\"", Some(Found::Missing)),
            ("", Some(Found::Missing)),
            (
                "[build-dependencies]\ndlkm-rt = \"1\"",
                Some(Found::Missing),
            ),
            ("[dependencies", None),
        ]
        .into_iter()
        .enumerate()
        {
            let package = format!("[package]\nname = \"one\"\n{rest}");
            let found = find_in(&format!("name-{i}"), &package, workspace);
            assert_eq!(found, expected, "{rest}");
        }
        let own = "[package]\nname = \"dlkm-rt\"";
        assert_eq!(find_in("own", own, workspace), named("dlkm_rt"));
        assert_eq!(find_in("virtual", "[workspace]", workspace), None);
        let inherits = "[package]\nname = \"one\"\n[dependencies]\nrt.workspace = true";
        assert_eq!(find_in("no-workspace", inherits, "[package"), None);
    }
}
