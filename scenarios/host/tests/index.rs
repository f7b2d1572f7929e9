//! `scenarios/README.md` lists the families, the modules and the folders that there are.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const README: &str = include_str!("../../README.md");

fn scenarios() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the table under a heading, each as its cells.
fn table(heading: &str) -> Vec<Vec<&'static str>> {
    let (_, section) = README
        .split_once(&format!("\n## {heading}\n"))
        .expect("the heading");
    let section = section.split("\n## ").next().expect("its text");
    section
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

/// The names in backticks in a cell.
fn names(cell: &str) -> Vec<String> {
    let parts = cell.split('`').skip(1).step_by(2);
    parts.map(str::to_owned).collect()
}

/// The first columns, each with one name. No row is there twice.
fn listed<const COLUMNS: usize>(heading: &str) -> BTreeSet<[String; COLUMNS]> {
    let rows = table(heading);
    let cell = |cell: &str| <[String; 1]>::try_from(names(cell)).map(|[name]| name);
    let all: BTreeSet<_> = rows
        .iter()
        .map(|row| std::array::from_fn(|column| cell(row[column]).expect("one name")))
        .collect();
    assert_eq!(all.len(), rows.len(), "{heading}: a row is there twice");
    all
}

fn folders(parent: &str) -> BTreeSet<[String; 1]> {
    let entries = fs::read_dir(scenarios().join(parent)).expect("the folder");
    entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| [entry.file_name().into_string().expect("UTF-8")])
        .collect()
}

/// The files of scenarios in a folder, each with its host.
fn families_in(folder: &str, host: &str) -> BTreeSet<[String; 2]> {
    let entries = fs::read_dir(scenarios().join(folder)).expect("the folder");
    entries
        .filter_map(|entry| {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem()?.to_str()?.to_owned();
            let other = ["main", "mod", "lib"].contains(&stem.as_str());
            (path.extension()? == "rs" && !other).then(|| [stem, host.to_owned()])
        })
        .collect()
}

macro_rules! families {
    ($($family:ident { $($name:ident $(($how:ident))?)* })*) => {
        [$(stringify!($family)),*]
    };
}

#[test]
fn every_family_is_in_the_index() {
    let host = families_in("host/src/scenario", "host");
    let of_the_list = scenario_host::scenarios!(families);
    let of_the_list = of_the_list.map(|family| [family.to_owned(), "host".to_owned()]);
    assert_eq!(host, BTreeSet::from(of_the_list));
    let all: BTreeSet<_> = host
        .into_iter()
        .chain(families_in("async/host/src", "async"))
        .chain(families_in("chatty/host/src/bin/chatty", "chatty"))
        .collect();
    assert_eq!(listed("Families"), all);
}

#[test]
fn every_folder_is_in_the_index() {
    assert_eq!(listed("Folders"), folders(""));
}

#[test]
fn every_module_is_in_the_index() {
    assert_eq!(listed("Modules"), folders("modules"));
}

/// The sources that may use modules: a family, a file of tests, or the folder `aborting`.
fn users() -> Vec<(String, String)> {
    let mut users = Vec::new();
    for folder in ["host/src/scenario", "host/tests/scenarios", "aborting/src"] {
        for entry in fs::read_dir(scenarios().join(folder)).expect("the folder") {
            let path = entry.expect("an entry").path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let name = match stem.expect("UTF-8") {
                "main" if folder == "aborting/src" => "aborting",
                "main" | "mod" | "support" => continue,
                other => other,
            };
            users.push((name.to_owned(), fs::read_to_string(&path).expect("text")));
        }
    }
    users
}

/// Whether a source calls the module's interface or names the module in a text.
fn uses(source: &str, module: &str) -> bool {
    let path = format!("{}::", module.replace('-', "_"));
    let called = source.match_indices(&path).any(|(at, _)| {
        let before = source[..at].chars().next_back();
        !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_' || letter == ':')
    });
    called || source.contains(&format!("\"{module}\"")) || source.contains(&format!("{module}.so"))
}

#[test]
fn the_index_names_the_users_of_every_module() {
    let users = users();
    for row in table("Modules") {
        let module = &names(row[0])[0];
        let named = names(row[2]);
        for user in &named {
            let mut of_that_name = users.iter().filter(|(name, _)| name == user).peekable();
            assert!(of_that_name.peek().is_some(), "{module}: no user `{user}`");
            // `edition` stands for `edition-1`, and so on.
            let word = module.split('-').next().expect("a name");
            assert!(
                of_that_name.any(|(_, source)| source.contains(word)),
                "`{user}` does not use `{module}`"
            );
        }
        for (user, source) in &users {
            assert!(
                !uses(source, module) || named.contains(user),
                "the row of `{module}` lacks `{user}`"
            );
        }
    }
}
