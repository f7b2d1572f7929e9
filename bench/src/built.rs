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
}

/// The modules that are called in loops.
pub(crate) const CALLED: [&str; 4] = ["resident", "transient", "inside", "switched"];

/// Where this benchmark may write.
pub(crate) fn place() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("dlkm-bench")
}

pub(crate) fn build() -> Built {
    let (contenders, target) = (contenders(), place());
    eprintln!("builds {} into {}", contenders.display(), target.display());
    let args = ["--release", "--workspace", "--exclude", "bench-static"];
    cargo(&contenders, &target, &args, "");
    modules(&contenders, &target, &CALLED);
    Built {
        folder: target.join("release"),
    }
}

/// Packages whose programs and shared objects are compared in size, and what the programs load.
const SIZED: [&str; 4] = ["bench-size", "peer-plain", "peer-stabby", "peer-abi-stable"];

/// Builds what is compared in size, for release, and beside it, as `NAME.small`, the same files `small`
/// for size. Images are in `modules`, and those for size in `small-modules`.
///
/// The flags of the other contenders would make them larger: with those, each function is on a cache
/// line of its own. They are a matter of the workspace's folder, so cargo runs in another one.
pub(crate) fn build_sizes(small: &[&str]) -> Built {
    let (here, target) = (Path::new(env!("CARGO_MANIFEST_DIR")), place().join("size"));
    let manifest = contenders().join("Cargo.toml");
    let built = Built {
        folder: target.join("release"),
    };
    for (profile, root) in [("release", "modules"), ("small", "small-modules")] {
        eprintln!("builds what is compared in size, {profile}");
        let manifest_path = format!("--manifest-path={}", manifest.display());
        let mut args = vec![manifest_path.as_str(), "--profile", profile];
        args.extend(SIZED.iter().flat_map(|package| ["--package", package]));
        cargo(here, &target, &args, "");
        let build = dlkm_tools::Build::new(here)
            .manifest_path(&manifest)
            .profile(profile)
            .package("resident")
            .package("one-module")
            .target_dir(&target)
            .root(built.file(root))
            .quiet();
        // One kernel for both: it is beside their module roots, for the host without one in itself.
        let build = match profile {
            "release" => build.kernel(),
            _ => build,
        };
        build.run().unwrap_or_else(|error| panic!("{error}"));
    }
    for file in small {
        let to = built.file(&format!("{file}.small"));
        fs::copy(target.join("small").join(file), to).expect("it was built");
    }
    built
}

/// Builds the stub modules that a C program calls, and the modules behind them, into a root beside which
/// the program may be.
pub(crate) fn build_stub_modules(root: &Path) {
    let build = |package: &str| {
        // As for what is compared in size.
        let build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR")).package(package);
        let build = build.manifest_path(contenders().join("Cargo.toml"));
        build.release().root(root).target_dir(place().join("size"))
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

/// The workspace of the programs that are measured.
pub(crate) fn contenders() -> PathBuf {
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
    let mut command = Command::new(env!("CARGO"));
    command.args(["build", "--quiet"]).args(args);
    command
        .arg("--target-dir")
        .arg(target)
        .current_dir(workspace);
    // As for the images: if the variable changes, cargo rebuilds everything that uses dlkm's macros.
    match direct {
        "" => command.env_remove("DLKM_STATIC"),
        list => command.env("DLKM_STATIC", list),
    };
    let done = command.status();
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
