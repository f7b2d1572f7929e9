//! Writes the workspace of the host and of the modules that the thousand are made from.

use std::path::Path;

use crate::workspace::Workspace;

/// Installed modules.
pub(crate) const MODULES: usize = 1000;

/// The modules that are built. Each further four are copies of them under other names.
pub(crate) const BUILT: [&str; 4] = ["m0000", "m0001", "m0002", "m0003"];

/// The tunables of the modules that have some.
pub(crate) const TUNABLES: [(&str, &str); 2] = [("segments", "64"), ("label", "\"bench\"")];

/// Lines of the system file: the version, each module, and the tunables of one in four.
pub(crate) const LINES: usize = 1 + MODULES + MODULES / 4 * TUNABLES.len();

const HOST: &str = r#"//! Written by the benchmark: prints how long it took to boot, to enter the phases, to list all
//! modules, and to open their files and read twice from each.

use std::os::unix::fs::FileExt;
use std::time::Instant;

use dlkm_rt::{Kernel, ModuleRoot, Phase};

fn main() {
    let root = std::env::args_os().nth(1).unwrap();
    let start = Instant::now();
    // SAFETY: the benchmark wrote the folder.
    let root = unsafe { ModuleRoot::trusted(&root) };
    let kernel = Kernel::boot(root).unwrap();
    let boot = start.elapsed();
    let start = Instant::now();
    kernel.enter(Phase::Init).unwrap();
    let phases = start.elapsed();
    assert!(kernel.reports().is_empty());
    let start = Instant::now();
    let modules = kernel.modules();
    let listed = start.elapsed();
    assert!(modules.iter().all(|module| module.error().is_none()));
    let start = Instant::now();
    let mut bytes = [0; 4096];
    for entry in std::fs::read_dir(kernel.root().path().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|suffix| suffix == "so") {
            let file = std::fs::File::open(path).unwrap();
            assert!(file.metadata().unwrap().is_file());
            file.read_exact_at(&mut bytes, 0).unwrap();
            file.read_exact_at(&mut bytes[..512], 20480).unwrap();
        }
    }
    let by_hand = start.elapsed();
    let all = [boot, phases, listed, by_hand];
    println!("{}", all.map(|one| one.as_nanos().to_string()).join(" "));
}
"#;

/// Writes the crates: interfaces, a host, and a module of each sort.
pub(crate) fn write(place: &Path) {
    let workspace = Workspace::new(place);
    let mut api = String::from("//! Written by the benchmark.\n");
    for name in BUILT {
        api += &format!(
            "\n/// An interface.\n#[dlkm_rt::module(name = \"{name}\")]\npub trait {} {{\n    \
             /// Adds.\n    #[stub(or = wrong)]\n    fn add(a: u64, b: u64) -> u64;\n}}\n",
            name.to_uppercase()
        );
        let api = "thousand-api = { path = \"../thousand-api\" }\n";
        workspace.krate(name, api, "lib.rs", &module(name));
    }
    api += "\nfn wrong(_: u64, _: u64) -> u64 {\n    0\n}\n";
    workspace.krate("thousand-api", "", "lib.rs", &api);
    workspace.krate("thousand-host", "", "main.rs", HOST);
}

/// Plain; with tunables; with a dependency on the first; with one on the second.
fn module(name: &str) -> String {
    let (depends, tunables) = match name {
        "m0001" => (
            "",
            "\n#[dlkm_rt::tunable(range = 1..=4096, desc = \"how many segments there are\")]\n\
             static SEGMENTS: dlkm_rt::Tunable<u32> = dlkm_rt::Tunable::new(40);\n\n\
             #[dlkm_rt::tunable(desc = \"a name\")]\n\
             static LABEL: dlkm_rt::Tunable<&str> = dlkm_rt::Tunable::new(\"none\");\n",
        ),
        "m0002" => (", depends = [\"m0000\"]", ""),
        "m0003" => (", depends = [\"m0001\"]", ""),
        _ => ("", ""),
    };
    let used = match tunables {
        "" => "a + b",
        _ => "a + b + u64::from(SEGMENTS.get()) + LABEL.get().len() as u64",
    };
    format!(
        "//! Written by the benchmark.\n\n/// The driver.\npub struct Driver;\n{tunables}\n\
         #[dlkm_rt::module(desc = \"a module of the benchmark\"{depends})]\n\
         impl thousand_api::{} for Driver {{\n    fn add(a: u64, b: u64) -> u64 {{\n        \
         {used}\n    }}\n}}\n",
        name.to_uppercase()
    )
}
