//! Builds the modules: one image for each format.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The folder with the modules of all formats, or `None` if the program contains them.
pub fn root() -> Option<&'static Path> {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    if cfg!(feature = "static") {
        None
    } else {
        Some(ROOT.get_or_init(build))
    }
}

/// The image of one module.
pub fn image(format: &str) -> PathBuf {
    let root = root().expect("only the loadable program has images");
    root.join(format!("{format}.so"))
}

/// Builds all images in the profile of the program.
fn build() -> PathBuf {
    let program = Path::new(env!("CARGO_BIN_EXE_dcat"));
    // target/debug or target/release
    let artifacts = program.parent().expect("a file is in a folder");
    let target = artifacts.parent().expect("a profile has its own folder");
    let profile = artifacts.file_name().and_then(|name| name.to_str());
    let profile = profile.expect("cargo chose the name");
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("modules-{profile}"));
    let mut build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
        .target_dir(target)
        .profile(if profile == "debug" { "dev" } else { profile })
        .root(&root)
        .quiet();
    for format in formats() {
        build = build.package(format!("dcat-{format}"));
    }
    build.run().unwrap_or_else(|error| panic!("{error}"));
    root
}

/// All formats: each has a folder beside the host's.
fn formats() -> Vec<String> {
    let folders = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).expect("the workspace");
    let names = folders.map(|folder| folder.expect("an entry").file_name());
    let names = names.map(|name| name.into_string().expect("UTF-8"));
    names
        .filter(|name| name != "api" && name != "host")
        .collect()
}
