//! Switch tables in module roots of their own.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use crate::scenario::switching;
use crate::support::build;

/// A root with a key of two modules.
fn contested() -> PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    let root = ROOT.get_or_init(|| build("contested", &["disc", "other-square", "square"]));
    root.clone()
}

#[test]
fn a_key_of_two_modules_is_contested() {
    switching::a_key_of_two_modules_is_contested().succeed(&contested());
}

#[test]
fn an_unused_module_has_no_entry() {
    let root = tempfile::tempdir().expect("a temporary folder");
    for module in ["disc", "other-square", "square"] {
        let file = format!("{module}.so");
        fs::copy(contested().join(&file), root.path().join(&file)).expect("built");
    }
    let system = "version 1\nmodule disc unused\nmodule square auto\nmodule other-square unused\n";
    fs::write(root.path().join("system"), system).expect("it can be written");
    switching::only_square_is_used().succeed(root.path());
}

#[test]
fn a_module_of_a_later_package_has_an_entry() {
    let root = tempfile::tempdir().expect("a temporary folder");
    for (module, file) in [("square", "square.so"), ("disc", "disc.new")] {
        let from = contested().join(format!("{module}.so"));
        fs::copy(from, root.path().join(file)).expect("built");
    }
    let path = root.path().to_str().expect("UTF-8");
    switching::a_module_of_a_later_package_has_an_entry().succeed_with(root.path(), path);
}
