//! Builds the programs that are measured: the workspace `contenders`, and its modules as images.

use std::fs;
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

    /// Builds a package for size, and puts its programs, as `NAME.small`, beside those built for
    /// release and the modules that they load.
    pub(crate) fn build_small(&self, package: &str, programs: &[&str]) {
        let target = place();
        eprintln!("builds {package} for size");
        let args = ["--profile", "small", "--package", package];
        cargo(&contenders(), &target, &args, "");
        for program in programs {
            let from = target.join("small").join(program);
            let to = self.file(&format!("{program}.small"));
            fs::copy(from, to).expect("it was built");
        }
    }
}

/// Where this benchmark may write.
pub(crate) fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("dlkm-bench")
}

pub(crate) fn build() -> Built {
    let (contenders, target) = (contenders(), place());
    eprintln!("builds {} into {}", contenders.display(), target.display());
    let args = ["--release", "--workspace", "--exclude", "bench-static"];
    cargo(&contenders, &target, &args, "");
    modules(
        &contenders,
        &target,
        &["resident", "transient", "inside", "switched"],
    );
    Built {
        folder: target.join("release"),
    }
}

/// Builds the stub modules that a C program calls, and the modules behind them, into a root beside which
/// the program may be.
pub(crate) fn build_stub_modules(root: &Path) {
    let build = |package: &str| {
        let build = dlkm_tools::Build::new(contenders()).package(package);
        build.release().root(root).target_dir(place())
    };
    eprintln!("builds stub modules into {}", root.display());
    build("stubs-api").stub_modules().expect("they build");
    for module in ["stubs-added", "stubs-held"] {
        build(module).run().expect("it builds");
    }
}

/// The host with many interfaces, and the image that is copied under their names.
pub(crate) fn build_growth() -> [PathBuf; 2] {
    let (contenders, target) = (contenders(), place());
    eprintln!("builds growth-host into {}", target.display());
    let args = ["--release", "--package", "growth-host"];
    cargo(&contenders, &target, &args, "");
    modules(&contenders, &target, &["growth-module"]);
    let release = target.join("release");
    [
        release.join("growth-host"),
        release.join("modules/g0000.so"),
    ]
}

fn contenders() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("contenders")
}

/// The program with static modules, built without and with link-time optimisation.
pub(crate) fn build_static() -> [PathBuf; 2] {
    // A folder of its own: another list makes cargo rebuild everything that uses dlkm's macros.
    let target = place().join("static");
    eprintln!("builds bench-static into {}", target.display());
    ["release", "thin"].map(|profile| {
        let args = ["--profile", profile, "--package", "bench-static"];
        cargo(&contenders(), &target, &args, "direct,direct_unloadable");
        target.join(profile).join("bench-static")
    })
}

/// The program `dlkm` of this checkout.
pub(crate) fn dlkm() -> PathBuf {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = place().join("dlkm");
    eprintln!("builds dlkm into {}", target.display());
    let args = ["--release", "--package", "dlkm-tools", "--bin", "dlkm"];
    cargo(&checkout, &target, &args, "");
    target.join("release/dlkm")
}

/// Runs `cargo build`. `direct` lists the interfaces that are called directly.
pub(crate) fn cargo(workspace: &Path, target: &Path, args: &[&str], direct: &str) {
    let done = Command::new(env!("CARGO"))
        .args(["build", "--quiet"])
        .args(args)
        .arg("--target-dir")
        .arg(target)
        .env("DLKM_STATIC", direct)
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
