//! Writes the workspace of hosts with few and with many stubs.

use std::fmt::Write;
use std::fs;
use std::ops::Range;
use std::path::Path;

/// Interfaces, and stubs in each.
pub(crate) const INTERFACES: usize = 1000;
pub(crate) const FUNCTIONS: usize = 10;

/// Interfaces in one crate: a crate with all of them would take much memory and one processor.
const IN_A_CRATE: usize = 50;

/// The interface whose module has its name, and the one whose module hasn't.
pub(crate) const NAMED: usize = 500;
pub(crate) const UNNAMED: usize = 501;

/// Writes the crates: a host of one interface, one of all, and three modules.
pub(crate) fn write(place: &Path) {
    let put = |path: &str, text: &str| {
        let path = place.join(path);
        // Cargo does not rebuild what has not changed.
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            return;
        }
        fs::create_dir_all(path.parent().expect("a file lies in a folder"))
            .and_then(|()| fs::write(&path, text))
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    };
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dlkm-rt");
    let krate = |name: &str, apis: &[&str], file: &str, source: &str| {
        let mut manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n\
             [dependencies]\ndlkm-rt = {{ path = {runtime:?} }}\n"
        );
        for api in apis {
            let _ = writeln!(manifest, "{api} = {{ path = \"../{api}\" }}");
        }
        put(&format!("{name}/Cargo.toml"), &manifest);
        put(&format!("{name}/src/{file}"), source);
    };
    let host = |call: &str| include_str!("host.rs.in").replace("CALL", call);

    krate("few_api", &[], "lib.rs", &interfaces("few", 0..1));
    let call = host("few_api::call(stub, 1, 2)");
    krate("few-host", &["few_api"], "main.rs", &call);
    krate("few", &["few_api"], "lib.rs", &module("few_api", "few", 0));

    let mut arms = String::new();
    let mut apis = Vec::new();
    for first in (0..INTERFACES).step_by(IN_A_CRATE) {
        let api = api_of(first);
        krate(
            &api,
            &[],
            "lib.rs",
            &interfaces("many", first..first + IN_A_CRATE),
        );
        let arm = first / IN_A_CRATE;
        let _ = writeln!(arms, "        {arm} => {api}::call(stub, 1, 2),");
        apis.push(api);
    }
    let call = format!(
        "match stub / {} {{\n{arms}        _ => 0,\n    }}",
        IN_A_CRATE * FUNCTIONS
    );
    let apis: Vec<&str> = apis.iter().map(String::as_str).collect();
    krate("many-host", &apis, "main.rs", &host(&call));
    for (name, file_name, interface) in [
        ("named", &*interface_name("many", NAMED), NAMED),
        ("unnamed", "another", UNNAMED),
    ] {
        let api = api_of(interface);
        let source = module(&api, file_name, interface);
        krate(name, &[&api], "lib.rs", &source);
    }
    put(
        "Cargo.toml",
        "[workspace]\nresolver = \"3\"\nmembers = [\"*\"]\nexclude = [\"target\"]\n\n\
         [profile.release]\nstrip = true\n",
    );
    if !place.join("Cargo.lock").exists() {
        put("Cargo.lock", include_str!("../../../Cargo.lock"));
    }
}

/// The crate of one of the many interfaces.
fn api_of(interface: usize) -> String {
    format!("many_api{}", interface / IN_A_CRATE)
}

/// Interfaces, and `call`, which calls any of their stubs by number.
fn interfaces(api: &str, numbers: Range<usize>) -> String {
    let mut text = String::from("//! Written by the benchmark.\n\nuse dlkm_rt::module;\n");
    let mut arms = String::new();
    for i in numbers {
        let name = interface_name(api, i);
        let _ = write!(text, "\n#[module(name = \"{name}\")]\npub trait I{i} {{\n");
        for f in 0..FUNCTIONS {
            // Names of their own, as in a program: the linker keeps equal texts once.
            let stub = i * FUNCTIONS + f;
            let _ = writeln!(
                text,
                "    #[stub(or = wrong)]\n    fn f{stub}(a: u64, b: u64) -> u64;"
            );
            let _ = writeln!(arms, "        {stub} => {name}::f{stub}(a, b),");
        }
        text.push_str("}\n");
    }
    text + "\nfn wrong(_: u64, _: u64) -> u64 {\n    0\n}\n\n/// Through stub number `stub`.\n\
            pub fn call(stub: usize, a: u64, b: u64) -> u64 {\n    match stub {\n"
        + &arms
        + "        _ => 0,\n    }\n}\n"
}

/// The interface's name, which is also its file's.
fn interface_name(api: &str, i: usize) -> String {
    match api {
        "few" => "few".to_owned(),
        _ => format!("{api}{i}"),
    }
}

fn module(api: &str, name: &str, interface: usize) -> String {
    let functions: String = (0..FUNCTIONS)
        .map(|f| interface * FUNCTIONS + f)
        .map(|stub| format!("    fn f{stub}(a: u64, b: u64) -> u64 {{\n        a + b\n    }}\n"))
        .collect();
    format!(
        "//! Written by the benchmark.\n\n/// The driver.\npub struct Driver;\n\n\
         #[dlkm_rt::module(name = \"{name}\")]\nimpl {api}::I{interface} for Driver {{\n\
         {functions}}}\n"
    )
}
