//! Small workspaces for tests, which depend on this checkout's `dlkm-rt`.
//!
//! They have fixed places in cargo's folder for test files and share one target folder. So the runtime
//! is compiled once, and a second run of the tests replaces their files instead of adding more. The
//! names of cargo's shared objects contain no hash, so each test has package names of its own.

// Each test file uses only a part of this.
#![allow(dead_code)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dlkm_tools::{Build, Installed};

const WORKSPACE: &str = r#"
[workspace]
resolver = "3"
members = ["crates/*"]

[profile.dev]
debug = false
incremental = false

[profile.small]
inherits = "dev"
"#;

/// One workspace on disk.
pub(crate) struct Sandbox {
    pub(crate) dir: PathBuf,
}

impl Sandbox {
    /// An empty workspace. Files of an earlier run are removed.
    pub(crate) fn new(name: &str) -> Self {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("workspaces")
            .join(name);
        if dir.exists() {
            fs::remove_dir_all(&dir).unwrap();
        }
        let sandbox = Self { dir };
        sandbox.write("Cargo.toml", WORKSPACE);
        // The versions of this checkout's dependencies, so that the test fetches nothing.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        if lock.exists() {
            fs::copy(lock, sandbox.dir.join("Cargo.lock")).unwrap();
        }
        sandbox
    }

    /// The target folder of all sandboxes, which tests of other packages share.
    pub(crate) fn target() -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared")
    }

    /// The default module root.
    pub(crate) fn modules() -> PathBuf {
        Self::target().join("debug/modules")
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let file = self.dir.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Writes a package into `crates/`. `manifest` follows `[package]` with name, version and edition.
    pub(crate) fn package(&self, name: &str, manifest: &str, source: &str) {
        let head =
            format!("[package]\nname = \"{name}\"\nversion = \"0.3.1\"\nedition = \"2024\"\n");
        self.write(&format!("crates/{name}/Cargo.toml"), &(head + manifest));
        self.write(&format!("crates/{name}/src/lib.rs"), source);
    }

    /// Writes the package `NAME-api` with the interface `Adder` of the module `NAME`.
    pub(crate) fn interface(&self, name: &str) {
        let source = format!(
            r#"//! Adds.
use dlkm_rt::module;

/// Adds.
#[module(name = "{name}")]
pub trait Adder {{
    /// The sum.
    #[stub]
    fn add(a: u64, b: u64) -> Result<u64, dlkm_rt::LoadError>;
}}
"#
        );
        self.package(&format!("{name}-api"), &dependencies(&[]), &source);
    }

    /// Writes the module `NAME` and its interface crate. `source` is the source of the module's library.
    pub(crate) fn module(&self, name: &str, source: &str) {
        self.interface(name);
        self.package(name, &dependencies(&[&format!("{name}-api")]), source);
    }

    /// A quiet build of the workspace in the shared target folder.
    pub(crate) fn build(&self) -> Build {
        Build::new(&self.dir).target_dir(Self::target()).quiet()
    }

    /// Runs `cargo-dlkm` in this workspace as cargo does.
    pub(crate) fn cargo_dlkm(&self, arguments: &[&str]) -> Output {
        let mut command = self.command(env!("CARGO_BIN_EXE_cargo-dlkm"));
        command.arg("dlkm").args(arguments).output().unwrap()
    }

    /// A program that runs in this workspace, with the shared target folder.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(&self.dir)
            .env("CARGO_TARGET_DIR", Self::target())
            .env_remove("CARGO_TERM_COLOR");
        command
    }
}

/// `[dependencies]` on `dlkm-rt` and on packages of the same sandbox.
pub(crate) fn dependencies(packages: &[&str]) -> String {
    let mut text = format!("\n[dependencies]\ndlkm-rt = {{ path = {RUNTIME:?} }}\n");
    for package in packages {
        text += &format!("{package} = {{ path = \"../{package}\" }}\n");
    }
    text
}

/// The runtime of this checkout.
pub(crate) const RUNTIME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dlkm-rt");

/// The library of a module `name` whose interface crate is `NAME-api`.
pub(crate) fn driver(name: &str) -> String {
    let api = name.replace('-', "_") + "_api";
    format!(
        r#"//! Adds.
use dlkm_rt::module;

/// Adds.
pub struct Driver;

#[module(kind = "misc", desc = "adds")]
impl {api}::Adder for Driver {{
    fn add(a: u64, b: u64) -> Result<u64, dlkm_rt::LoadError> {{
        Ok(a + b)
    }}
}}
"#
    )
}

/// The names of modules, sorted.
pub(crate) fn names(installed: &[Installed]) -> Vec<&str> {
    let mut names: Vec<&str> = installed.iter().map(|module| &*module.module).collect();
    names.sort_unstable();
    names
}

/// The text that a program wrote to stderr.
pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The image with another text of the same length in each place. Its wrapper has the metadata too, not
/// only the section from which it is read.
pub(crate) fn replaced(image: &[u8], from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let windows = image.windows(from.len()).enumerate();
    let places = windows.filter(|(_, text)| *text == from.as_bytes());
    let places: Vec<usize> = places.map(|(at, _)| at).collect();
    assert!(!places.is_empty(), "the image contains {from}");
    let mut image = image.to_vec();
    for at in places {
        image[at..at + to.len()].copy_from_slice(to.as_bytes());
    }
    image
}
