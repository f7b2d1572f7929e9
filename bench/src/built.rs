//! Builds what is measured: the workspace `contenders`, and its modules as images.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder with the programs.
#[derive(Debug)]
pub(crate) struct Built {
    folder: PathBuf,
}

impl Built {
    pub(crate) fn program(&self, name: &str) -> Command {
        Command::new(self.file(name))
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// Where this benchmark may write.
pub(crate) fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("dlkm-bench")
}

pub(crate) fn build() -> Built {
    let contenders = Path::new(env!("CARGO_MANIFEST_DIR")).join("contenders");
    let target = place();
    eprintln!("builds {} into {}", contenders.display(), target.display());
    cargo(&contenders, &target);
    modules(&contenders, &target, &["resident", "transient", "inside"]);
    Built {
        folder: target.join("release"),
    }
}

/// Builds a workspace for release.
pub(crate) fn cargo(workspace: &Path, target: &Path) {
    let done = Command::new(env!("CARGO"))
        .args([
            "build",
            "--release",
            "--quiet",
            "--workspace",
            "--target-dir",
        ])
        .arg(target)
        .current_dir(workspace)
        .status();
    assert!(
        done.expect("cargo starts").success(),
        "{} builds",
        workspace.display()
    );
}

/// Builds images into the folder `modules` beside the programs.
pub(crate) fn modules(workspace: &Path, target: &Path, names: &[&str]) {
    let mut build = dlkm_tools::Build::new(workspace).release().quiet();
    for name in names {
        build = build.package(*name);
    }
    let built = build
        .target_dir(target)
        .root(target.join("release/modules"))
        .run();
    built.unwrap_or_else(|error| panic!("{error}"));
}
