//! Builds modules against changed copies of the interface, many at a time, and runs the host with
//! each. Each row compiles only two crates.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use scenario_bounded::Bounded;

/// The original interface.
const API: &str = include_str!("../../../api/src/lib.rs");
/// The driver.
const DRIVER: &str = include_str!("../../../driver/src/lib.rs");
/// The runtime of this checkout.
const RUNTIME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../dlkm-rt");

/// Texts that a source has once each, and their replacements.
pub(crate) type Changes = [(&'static str, &'static str)];

/// A module, and the interface it is built against.
pub(crate) struct Variant {
    /// Also the name of the driver's package.
    pub(crate) name: &'static str,
    api: String,
    driver: String,
    /// The version of the interface's crate.
    version: String,
    /// The features of the runtime that the driver enables.
    features: &'static str,
}

impl Variant {
    /// The original driver, changed as the interface is.
    pub(crate) fn new(name: &'static str, api: &Changes, driver: &Changes) -> Self {
        Variant {
            name,
            api: changed(name, API, api),
            driver: changed(name, DRIVER, driver),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            features: "",
        }
    }

    /// With a driver that has only the right signatures, whatever the changes are. No function of
    /// such a module is called.
    pub(crate) fn hollow(name: &'static str, api: &Changes) -> Self {
        let api = changed(name, API, api);
        let within = |text: &str, from: &str, to: &str| {
            let rest = text.split_once(from).expect(from).1;
            rest.split_once(to).expect(to).0.to_owned()
        };
        let interface = within(&api, "pub trait Archiver {\n", "\n}\n");
        let functions: String = interface
            .lines()
            .filter_map(|line| line.trim().strip_suffix(';'))
            .map(|line| format!("    {line} {{\n        panic!(\"it runs\")\n    }}\n"))
            .collect();
        let (head, _) = DRIVER.split_once("impl Archiver").expect("the driver");
        Variant {
            driver: format!(
                "#![allow(unused)]\n{head}impl Archiver for Driver {{\n{functions}}}\n"
            )
            .replace("//! ", "// "),
            api,
            ..Variant::new(name, &[], &[])
        }
    }

    /// Against another version of the interface's crate.
    pub(crate) fn version(self, version: &str) -> Self {
        Variant {
            version: version.to_owned(),
            ..self
        }
    }

    /// With features of the runtime.
    pub(crate) fn features(self, features: &'static str) -> Self {
        Variant { features, ..self }
    }

    fn write(&self, workspace: &Path) {
        let Variant { name, version, .. } = self;
        let package = |name: &str, version: &str| {
            format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2024\"\n")
        };
        let api = package(&format!("{name}-api"), version)
            + &format!("[dependencies]\ndlkm-rt = {{ path = {RUNTIME:?} }}\n");
        let features = self.features;
        let driver = package(name, "0.3.1")
            + &format!(
                "[lib]\ncrate-type = [\"cdylib\"]\n\
                 [dependencies]\n\
                 dlkm-rt = {{ path = {RUNTIME:?}, features = [{features}] }}\n\
                 refused-api = {{ path = \"api\", package = \"{name}-api\" }}\n"
            );
        let folder = workspace.join(name);
        write(&folder.join("Cargo.toml"), &driver);
        write(&folder.join("src/lib.rs"), &self.driver);
        write(&folder.join("api/Cargo.toml"), &api);
        write(&folder.join("api/src/lib.rs"), &self.api);
    }
}

fn changed(name: &str, source: &str, changes: &Changes) -> String {
    let mut text = source.to_owned();
    for (from, to) in changes {
        let times = text.matches(from).count();
        assert_eq!(times, 1, "{name}: {from:?} is there {times} times");
        text = text.replacen(from, to, 1);
    }
    text
}

/// Writes a file unless it has this text already, so that a second run builds nothing.
fn write(file: &Path, text: &str) {
    if fs::read_to_string(file).is_ok_and(|before| before == text) {
        return;
    }
    let folder = file.parent().expect("a file lies in a folder");
    fs::create_dir_all(folder).expect("the folder is made");
    fs::write(file, text).expect("the file is written");
}

/// A workspace of variants.
pub(crate) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// Writes the variants.
    pub(crate) fn new<'a>(name: &str, variants: impl IntoIterator<Item = &'a Variant>) -> Self {
        let variants: Vec<_> = variants.into_iter().collect();
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("refused")
            .join(name);
        let members: String = variants
            .iter()
            .map(|one| format!("    \"{0}\",\n    \"{0}/api\",\n", one.name))
            .collect();
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\
             [profile.dev]\ndebug = false\nincremental = false\n"
        );
        write(&folder.join("Cargo.toml"), &manifest);
        // The same dependencies as this checkout's, so that cargo need not download any.
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../Cargo.lock");
        if !folder.join("Cargo.lock").exists() {
            fs::copy(lock, folder.join("Cargo.lock")).expect("the lock file is copied");
        }
        for variant in variants {
            variant.write(&folder);
        }
        Workspace { folder }
    }

    /// Shared with the workspaces of other tests, so that the runtime is compiled once.
    fn target() -> PathBuf {
        Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared")
    }

    fn root(&self, variant: &str) -> PathBuf {
        self.folder.join("roots").join(variant)
    }

    /// Builds all images with one call of cargo. `dlkm_tools` builds one image after the other,
    /// each with `--cfg dlkm_image` for its own crate only. Here a wrapper around rustc adds the
    /// option, and leaves the dependencies alone as well.
    pub(crate) fn build<'a>(&self, variants: impl IntoIterator<Item = &'a Variant>) {
        let wrapper = self.folder.join("rustc-image");
        write(&wrapper, "#!/bin/sh\nexec \"$@\" --cfg dlkm_image\n");
        fs::set_permissions(&wrapper, fs::Permissions::from_mode(0o755)).expect("the wrapper");
        let output = Command::new(env!("CARGO"))
            .args(["build", "--workspace", "--quiet", "--target-dir"])
            .arg(Self::target())
            .env("RUSTC_WORKSPACE_WRAPPER", &wrapper)
            .current_dir(&self.folder)
            .output()
            .expect("cargo starts");
        assert!(output.status.success(), "{}", text(&output.stderr));
        for variant in variants {
            let file = format!("lib{}.so", variant.name.replace('-', "_"));
            let root = self.root(variant.name);
            fs::create_dir_all(&root).expect("the module root is made");
            let image = root.join("archive.so");
            let _ = fs::remove_file(&image);
            fs::hard_link(Self::target().join("debug").join(file), image).expect("the image");
        }
    }

    /// Builds one variant as `cargo dlkm` does.
    pub(crate) fn build_one(
        &self,
        variant: &Variant,
        how: impl FnOnce(dlkm_tools::Build) -> dlkm_tools::Build,
    ) {
        let build = dlkm_tools::Build::new(&self.folder)
            .target_dir(Self::target())
            .root(self.root(variant.name))
            .package(variant.name)
            .quiet();
        if let Err(error) = how(build).run() {
            panic!("{}: {error}", variant.name);
        }
    }

    /// Runs the host with a variant's module.
    pub(crate) fn run(&self, variant: &str) -> Run {
        let output: Output = Command::new(env!("CARGO_BIN_EXE_refused"))
            .arg(self.root(variant))
            .env_remove("RUST_BACKTRACE")
            .bounded();
        let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
        Run {
            success: output.status.success(),
            stdout,
            stderr,
        }
    }
}

/// What the host printed.
pub(crate) struct Run {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    /// The module prints here that it runs.
    pub(crate) stderr: String,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
