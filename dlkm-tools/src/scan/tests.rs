//! Scans small crates on disk.

use std::path::Path;

use super::declares_module;

/// Writes the files into a new folder and scans `src/lib.rs`.
fn scan(files: &[(&str, &str)]) -> bool {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = dir.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    declares_module(&dir.path().join("src/lib.rs"))
}

const DRIVER: &str = "#[module(kind = \"misc\")] impl api::Adder for Driver {}";

#[test]
fn the_attribute_is_found_in_all_its_forms() {
    for yes in [
        "#[module] impl A for B {}",
        "#[dlkm_rt::module(kind = \"misc\")] impl A for B {}",
        "#[::renamed::module] impl A for B {}",
        "#[module] mod driver { pub fn add() {} }",
        "#[cfg_attr(feature = \"x\", module(kind = \"misc\"))] impl A for B {}",
        "#[cfg_attr(a, cfg_attr(b, allow(dead_code), rt::module))] impl A for B {}",
        "mod inner { mod deeper { #[module] impl A for B {} } }",
        "shm_dlkm! { impl Shm for B {} }",
        "api::tcp_ip_dlkm! { (load = init) mod driver {} }",
    ] {
        assert!(scan(&[("src/lib.rs", yes)]), "{yes}");
    }
    for no in [
        "",
        "#[module(name = \"adder\")] pub trait Adder {}",
        "impl A for B {}",
        "#[modules] impl A for B {}",
        "#[module::other] impl A for B {}",
        "#[module] fn f() {}",
        "// #[module] impl A for B {}",
        "#[cfg(test)] mod tests { #[module] impl A for B {} }",
        "#[cfg(test)] shm_dlkm! { impl Shm for B {} }",
        "macro_rules! shm_dlkm { () => {} }",
        "const TEXT: &str = \"#[module] impl A for B {}\";",
    ] {
        assert!(!scan(&[("src/lib.rs", no)]), "{no}");
    }
}

#[test]
fn mod_items_are_followed_to_their_files() {
    assert!(scan(&[("src/lib.rs", "mod a;"), ("src/a.rs", DRIVER)]));
    assert!(scan(&[("src/lib.rs", "mod a;"), ("src/a/mod.rs", DRIVER)]));
    assert!(scan(&[
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "mod b;"),
        ("src/a/b.rs", DRIVER)
    ]));
    assert!(scan(&[
        ("src/lib.rs", "mod a;"),
        ("src/a/mod.rs", "mod b;"),
        ("src/a/b.rs", DRIVER)
    ]));
    assert!(scan(&[
        ("src/lib.rs", "mod a { mod b; }"),
        ("src/a/b.rs", DRIVER)
    ]));
    assert!(scan(&[
        ("src/lib.rs", "mod r#async;"),
        ("src/async.rs", DRIVER)
    ]));
}

#[test]
fn path_attributes_are_followed() {
    assert!(scan(&[
        ("src/lib.rs", "#[path = \"other/x.rs\"] mod a;"),
        ("src/other/x.rs", DRIVER)
    ]));
    // A file named by `#[path]` looks for its own modules beside itself.
    assert!(scan(&[
        ("src/lib.rs", "#[path = \"other/x.rs\"] mod a;"),
        ("src/other/x.rs", "mod b;"),
        ("src/other/b.rs", DRIVER),
    ]));
    // In a file, `#[path]` is relative to the file's folder; in an inline module, to the module's folder.
    assert!(scan(&[
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", "#[path = \"y.rs\"] mod b;"),
        ("src/y.rs", DRIVER)
    ]));
    assert!(scan(&[
        ("src/lib.rs", "mod a { #[path = \"y.rs\"] mod b; }"),
        ("src/a/y.rs", DRIVER)
    ]));
    assert!(scan(&[
        ("src/lib.rs", "#[path = \"z\"] mod a { mod b; }"),
        ("src/z/b.rs", DRIVER)
    ]));
    assert!(scan(&[
        ("src/lib.rs", "#[cfg_attr(unix, path = \"u.rs\")] mod a;"),
        ("src/u.rs", DRIVER)
    ]));
}

#[test]
fn files_outside_the_module_tree_and_tests_do_not_count() {
    assert!(!scan(&[
        ("src/lib.rs", "mod a;"),
        ("src/a.rs", ""),
        ("src/b.rs", DRIVER)
    ]));
    assert!(!scan(&[
        ("src/lib.rs", "#[cfg(test)] mod tests;"),
        ("src/tests.rs", DRIVER)
    ]));
}

#[test]
fn a_missing_file_counts_as_empty_and_a_broken_one_as_a_module() {
    assert!(!scan(&[("src/lib.rs", "#[cfg(windows)] mod only_there;")]));
    assert!(!declares_module(Path::new("no/such/lib.rs")));
    assert!(scan(&[("src/lib.rs", "mod a;"), ("src/a.rs", "fn {")]));
}

#[test]
fn a_cycle_of_path_attributes_ends() {
    assert!(!scan(&[("src/lib.rs", "#[path = \"lib.rs\"] mod again;")]));
}
