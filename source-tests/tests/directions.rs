//! Crates, folders and files use each other in one direction, as ARCHITECTURE.md shows.

use source_tests::circles::circles;
use source_tests::crates::Crates;
use source_tests::files::Files;
use source_tests::layers;
use source_tests::picture::Picture;
use source_tests::source::Crate;

/// The heading of ARCHITECTURE.md with the pictures.
const HEADING: &str = "## The direction of things";

/// The crates whose files must not use each other in a circle: the root file, and the folder whose
/// files count. The models compile the runtime's files too, which count in the runtime.
const ROOTS: &[(&str, &str)] = &[
    ("dlkm-metadata/src/lib.rs", "dlkm-metadata/src"),
    ("dlkm-core/src/lib.rs", "dlkm-core/src"),
    ("dlkm-kernel/src/lib.rs", "dlkm-kernel/src"),
    ("dlkm-rt/src/lib.rs", "dlkm-rt/src"),
    ("dlkm-macros/src/lib.rs", "dlkm-macros/src"),
    ("dlkm-system/src/lib.rs", "dlkm-system/src"),
    ("dlkm-verify/src/lib.rs", "dlkm-verify/src"),
    ("dlkm-config/src/lib.rs", "dlkm-config/src"),
    ("dlkm-client/src/lib.rs", "dlkm-client/src"),
    ("dlkm-control/src/lib.rs", "dlkm-control/src"),
    ("dlkm-stub/src/lib.rs", "dlkm-stub/src"),
    ("dlkm-tools/src/lib.rs", "dlkm-tools/src"),
    ("dlkm-tools/src/bin/cargo-dlkm/main.rs", "dlkm-tools/src"),
    ("dlkm-tools/src/bin/dlkm/main.rs", "dlkm-tools/src"),
    ("models/src/lib.rs", "models/src/checked"),
    (
        "bench/contenders/host/src/main.rs",
        "bench/contenders/host/src",
    ),
    ("source-tests/src/lib.rs", "source-tests/src"),
];

/// The module that expansions of the runtime's macros name, in the crates of authors. It lies at the
/// top, and the runtime itself does not use it.
const FOR_EXPANSIONS: Option<&str> = Some("private");

fn read(files: &Files, root: &str) -> Crate {
    Crate::read(files, root, FOR_EXPANSIONS).unwrap_or_else(|error| panic!("{error}"))
}

fn picture(files: &Files, title: &str) -> Picture {
    let document = files
        .text("ARCHITECTURE.md")
        .expect("ARCHITECTURE.md exists");
    Picture::find(document, HEADING, title)
        .unwrap_or_else(|error| panic!("ARCHITECTURE.md: {error}"))
}

#[test]
fn folders_of_the_runtime_use_only_those_below_them() {
    let files = Files::of_repository();
    for part in ["dlkm-kernel", "dlkm-core"] {
        let picture = picture(&files, &format!("{part}/src"));
        let source = read(&files, &format!("{part}/src/lib.rs"));
        let found = layers::violations(&source, &picture);
        assert!(found.is_empty(), "\n{}", found.join("\n"));
    }
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let files = Files::of_repository();
    let mut found = Vec::new();
    for (root, folder) in ROOTS {
        let uses = read(&files, root).uses(folder);
        found.extend(uses.unresolved.iter().map(ToString::to_string));
        found.extend(circles(&uses.arrows));
    }
    assert!(found.is_empty(), "\n{}", found.join("\n"));
}

/// A file that the crate does not reach would not be checked.
#[test]
fn each_file_belongs_to_a_crate_that_is_checked() {
    let files = Files::of_repository();
    let crates: Vec<Crate> = ROOTS.iter().map(|(root, _)| read(&files, root)).collect();
    let unreached: Vec<&str> = ROOTS
        .iter()
        .flat_map(|(_, folder)| files.sources(folder))
        .filter(|file| !crates.iter().any(|source| source.files().contains(file)))
        .collect();
    assert!(
        unreached.is_empty(),
        "no crate has {}",
        unreached.join(", ")
    );
}

#[test]
fn crates_depend_only_on_those_below_them() {
    let files = Files::of_repository();
    let picture = picture(&files, "crates");
    let crates = Crates::of_workspace(files.text("Cargo.lock").expect("Cargo.lock exists"));
    let mut drawn: Vec<&str> = picture.names().collect();
    drawn.sort_unstable();
    assert_eq!(
        drawn,
        crates.published().collect::<Vec<_>>(),
        "the picture has the crates that are published"
    );
    for package in crates.published() {
        for needed in crates.direct(package) {
            let place = picture.misplaced(package, needed);
            assert_eq!(place, None, "{package} depends on {needed}");
        }
    }
}

#[test]
fn tools_and_metadata_need_neither_the_runtime_nor_libloading() {
    let files = Files::of_repository();
    let crates = Crates::of_workspace(files.text("Cargo.lock").expect("Cargo.lock exists"));
    for package in [
        "dlkm-tools",
        "dlkm-metadata",
        "dlkm-system",
        "dlkm-verify",
        "dlkm-config",
        "dlkm-client",
        "dlkm-stub",
    ] {
        assert!(
            crates.published().any(|name| name == package),
            "there is no {package}"
        );
        for other in ["dlkm-core", "dlkm-rt", "libloading"] {
            let way = crates.way(package, other).map(|way| way.join(" → "));
            assert_eq!(way, None, "{package} must not need {other}");
        }
    }
}
