//! Writes the workspace of hosts with few and with many stubs, and fills the module roots.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Interfaces, and stubs in each.
pub(crate) const INTERFACES: usize = 1000;
pub(crate) const FUNCTIONS: usize = 10;

/// The interface whose module has its name, and the one whose module hasn't.
pub(crate) const NAMED: usize = 500;
pub(crate) const UNNAMED: usize = 501;

/// Module files in the full root.
const FILES: usize = 1000;

/// Writes the crates: a host of one interface, one of all, and three modules.
pub(crate) fn write(place: &Path) {
    let put = |path: &str, text: &str| {
        let path = place.join(path);
        // What did not change is not built anew.
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return;
        }
        fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .and_then(|()| fs::write(&path, text))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    };
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let lock = fs::read_to_string(here.join("../Cargo.lock")).unwrap_or_default();
    if !place.join("Cargo.lock").exists() {
        put("Cargo.lock", &lock);
    }
    put(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"few-api\", \"few-host\", \"few\", \
         \"many-api\", \"many-host\", \"named\", \"unnamed\"]\n",
    );
    let runtime = here.join("../dlkm-rt");
    let krate = |name: &str, api: Option<&str>, file: &str, source: &str| {
        let api = api.map_or(String::new(), |api| {
            format!("{api} = {{ path = \"../{api}\" }}\n")
        });
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\ndlkm-rt = {{ path = {runtime:?} }}\n{api}"
        );
        put(&format!("{name}/Cargo.toml"), &manifest);
        put(&format!("{name}/src/{file}"), source);
    };
    for (api, interfaces) in [("few", 1), ("many", INTERFACES)] {
        let name = format!("{api}-api");
        krate(&name, None, "lib.rs", &interfaces_of(api, interfaces));
        let host = include_str!("host.rs.in").replace("API", &format!("{api}_api"));
        krate(&format!("{api}-host"), Some(&name), "main.rs", &host);
    }
    krate(
        "few",
        Some("few-api"),
        "lib.rs",
        &module("few_api", "few", 0),
    );
    for (name, interface) in [("named", NAMED), ("unnamed", UNNAMED)] {
        let file_name = match name {
            "named" => format!("many{interface}"),
            _ => "another".to_owned(),
        };
        let source = module("many_api", &file_name, interface);
        krate(name, Some("many-api"), "lib.rs", &source);
    }
}

/// Interfaces `API0`, `API1`, …, and `call`, which calls any of their stubs by number.
fn interfaces_of(api: &str, count: usize) -> String {
    let mut text = String::from("//! Written by the benchmark.\n\nuse dlkm_rt::module;\n");
    let mut arms = String::new();
    for i in 0..count {
        let _ = write!(
            text,
            "\n#[module(name = \"{}\")]\npub trait I{i} {{\n",
            interface_name(api, i)
        );
        for f in 0..FUNCTIONS {
            let _ = writeln!(
                text,
                "    #[stub(or = wrong)]\n    fn f{f}(a: u64, b: u64) -> u64;"
            );
            let path = format!("{}::f{f}", interface_name(api, i));
            let _ = writeln!(arms, "        {} => {path}(a, b),", i * FUNCTIONS + f);
        }
        text.push_str("}\n");
    }
    text + "\nfn wrong(_: u64, _: u64) -> u64 {\n    0\n}\n\n/// Through stub number `stub`.\n\
            pub fn call(stub: usize, a: u64, b: u64) -> u64 {\n    match stub {\n"
        + &arms
        + "        _ => 0,\n    }\n}\n"
}

fn interface_name(api: &str, i: usize) -> String {
    match api {
        "few" => "few".to_owned(),
        _ => format!("{api}{i}"),
    }
}

fn module(api: &str, name: &str, interface: usize) -> String {
    let functions: String = (0..FUNCTIONS)
        .map(|f| format!("    fn f{f}(a: u64, b: u64) -> u64 {{\n        a + b\n    }}\n"))
        .collect();
    format!(
        "//! Written by the benchmark.\n\n/// The driver.\npub struct Driver;\n\n\
         #[dlkm_rt::module(name = \"{name}\")]\nimpl {api}::I{interface} for Driver {{\n\
         {functions}}}\n"
    )
}

/// Makes the roots `few`, `two` and `many` of the images that were built; returns the folder they
/// are in.
pub(crate) fn roots(release: &Path) -> PathBuf {
    let (built, roots) = (release.join("modules"), release.join("roots"));
    let named = format!("many{NAMED}");
    let copy = |from: &str, root: &str, to: &str| {
        let root = roots.join(root);
        let to = root.join(format!("{to}.so"));
        fs::create_dir_all(&root)
            .and_then(|()| fs::copy(built.join(format!("{from}.so")), &to))
            .unwrap_or_else(|error| panic!("{}: {error}", to.display()));
    };
    for (root, module) in [
        ("few", "few"),
        ("two", &named),
        ("two", "another"),
        ("many", "few"),
        ("many", &named),
        ("many", "another"),
    ] {
        copy(module, root, module);
    }
    // Files that nobody calls; a look into them finds a module.
    for i in 0..FILES - 3 {
        copy(&named, "many", &format!("other{i}"));
    }
    roots
}
