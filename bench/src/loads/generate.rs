//! Writes the workspace of a host that calls many modules, and makes their images from one.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::Workspace;

/// Modules that the host calls, one after the other.
pub(super) const MODULES: usize = 500;

/// The module that is built. The others are copies of its image with another name.
pub(super) const BUILT: &str = "load000";

fn name(number: usize) -> String {
    format!("load{number:03}")
}

/// Writes the crates: the interface of the module that is built, those of the others, module and host.
pub(super) fn write(place: &Path) {
    let workspace = Workspace::new(place);
    let [mut first, mut others] = [const { String::new() }; 2];
    let mut functions = String::new();
    for number in 0..MODULES {
        let name = name(number);
        let (api, text) = match number {
            0 => ("load_first", &mut first),
            _ => ("load_other", &mut others),
        };
        let _ = write!(
            text,
            "#[dlkm_rt::module(name = \"{name}\")]\npub trait {} {{\n    #[stub(or = wrong)]\n    \
             fn add(a: u64, b: u64) -> u64;\n}}\n\n",
            name.to_uppercase()
        );
        let _ = writeln!(functions, "    {api}::{name}::add,");
    }
    for (api, interfaces) in [("load_first", first), ("load_other", others)] {
        let source = format!(
            "//! Written by the benchmark.\n\n{interfaces}fn wrong(_: u64, _: u64) -> u64 {{\n    \
             0\n}}\n"
        );
        workspace.krate(api, "", "lib.rs", &source);
    }
    let first = "load_first = { path = \"../load_first\" }\n";
    let module = format!(
        "//! Written by the benchmark.\n\n/// The driver.\npub struct Driver;\n\n\
         #[dlkm_rt::module]\nimpl load_first::{} for Driver {{\n    fn add(a: u64, b: u64) -> u64 \
         {{\n        a + b\n    }}\n}}\n\n/// What `dlsym` finds.\n#[unsafe(no_mangle)]\n\
         pub extern \"C\" fn plain_add(a: u64, b: u64) -> u64 {{\n    a + b\n}}\n",
        BUILT.to_uppercase()
    );
    workspace.krate(BUILT, first, "lib.rs", &module);
    let host = include_str!("host.rs.in")
        .replace("MODULES", &MODULES.to_string())
        .replace("FUNCTIONS", &functions);
    let all = format!("{first}load_other = {{ path = \"../load_other\" }}\nlibc = \"0.2\"\n");
    workspace.krate("loads-host", &all, "main.rs", &host);
}

/// Fills a module root with images. A name of the same length stands wherever the image that was built
/// has its own, in the metadata and in what its code hands to a kernel.
pub(super) fn fill(release: &Path) -> PathBuf {
    let root = release.join("many-modules");
    // Files of an earlier run may have other names.
    if root.exists() {
        fs::remove_dir_all(&root).unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    }
    let file = release.join(format!("modules/{BUILT}.so"));
    let image = fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let places: Vec<usize> = image
        .windows(BUILT.len())
        .enumerate()
        .filter_map(|(at, text)| (text == BUILT.as_bytes()).then_some(at))
        .collect();
    fs::create_dir_all(&root).expect("the folder can be written");
    for number in 0..MODULES {
        let name = name(number);
        let mut image = image.clone();
        for at in &places {
            image[*at..at + name.len()].copy_from_slice(name.as_bytes());
        }
        let file = root.join(format!("{name}.so"));
        fs::write(&file, image).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    }
    root
}
