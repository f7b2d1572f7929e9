//! A machine: a module root of its own, and commands that run on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

/// The packages of the modules.
const ALL: [&str; 8] = [
    "archive", "broken", "dlclass", "lz4", "pty", "ramdisk", "serial", "upper",
];

/// The target folder of the program under test, and its profile.
pub(crate) fn artifacts() -> (PathBuf, String) {
    // target/debug or target/release
    let artifacts = Path::new(env!("CARGO_BIN_EXE_unix"))
        .parent()
        .expect("a file is in a folder");
    let target = artifacts.parent().expect("a profile has its own folder");
    let profile = artifacts.file_name().and_then(|name| name.to_str());
    let profile = profile.expect("cargo chose the name");
    let profile = if profile == "debug" { "dev" } else { profile };
    (target.to_owned(), profile.to_owned())
}

/// The image of a module.
pub(crate) fn image(module: &str) -> PathBuf {
    images().join(format!("{module}.so"))
}

/// The folder with the images of all modules, which are built once.
fn images() -> &'static Path {
    static IMAGES: OnceLock<PathBuf> = OnceLock::new();
    IMAGES.get_or_init(|| {
        let (target, profile) = artifacts();
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("unix-modules-{profile}"));
        let mut build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
            .target_dir(target)
            .profile(&profile)
            .root(&root)
            .quiet();
        for module in ALL {
            build = build.package(format!("unix-{module}"));
        }
        build = build.package("shm");
        build.run().unwrap_or_else(|error| panic!("{error}"));
        root
    })
}

/// A machine with some modules.
pub(crate) struct Machine {
    root: TempDir,
}

/// What a run of the shell said.
pub(crate) struct Ran {
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) status: Option<i32>,
}

impl Machine {
    /// A machine on which these modules are installed.
    pub(crate) fn with(modules: &[&str]) -> Self {
        let machine = Machine {
            root: tempfile::tempdir().expect("a folder"),
        };
        for module in modules {
            machine.install(module, module);
        }
        machine
    }

    /// Installs an image under a name.
    pub(crate) fn install(&self, image: &str, name: &str) {
        fs::copy(self::image(image), self.file(&format!("{name}.so"))).expect("a copy");
    }

    /// The module root.
    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    /// A file of the module root.
    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    /// Writes the system file, without its first line and that of the kernel itself.
    pub(crate) fn configure(&self, lines: &str) {
        fs::write(
            self.file("system"),
            format!("version 1\nmodule kern static\n{lines}"),
        )
        .expect("written");
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_unix"));
        command.arg("--root").arg(self.root.path());
        command
    }

    /// Boots, runs commands, and ends.
    #[track_caller]
    pub(crate) fn run(&self, commands: &str) -> Ran {
        let output = self
            .command()
            .args(["-c", commands])
            .output()
            .expect("it starts");
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Ran {
            out: text(output.stdout),
            err: text(output.stderr),
            status: output.status.code(),
        }
    }
}

impl Ran {
    /// The output of commands that all succeed.
    #[track_caller]
    pub(crate) fn good(self) -> String {
        assert_eq!((self.status, &*self.err), (Some(0), ""), "{}", self.out);
        self.out
    }

    /// Asserts that one command failed, with this beginning of its message; returns the output.
    #[track_caller]
    pub(crate) fn bad(self, message: &str) -> String {
        let mut lines = self.err.lines();
        let first = lines.next().unwrap_or_default();
        assert!(first.starts_with(message), "{}", self.err);
        assert_eq!(lines.next(), None, "{}", self.err);
        self.out
    }
}

/// A program of the system. If it is missing, the panic names the package to install.
#[track_caller]
pub(crate) fn program(name: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Where the programs of root may be.
    let more = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let found = std::env::split_paths(&path)
        .chain(more)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file());
    let package = match name {
        "mke2fs" | "e2fsck" | "debugfs" => "e2fsprogs",
        "diff" | "cmp" => "diffutils",
        name => name,
    };
    let found = found.unwrap_or_else(|| {
        panic!("this test needs the command `{name}`: apt-get install {package}")
    });
    let mut command = Command::new(found);
    // Its messages are compared.
    command.env("LC_ALL", "C.UTF-8");
    command
}

/// Runs a program of the system, which must succeed.
#[track_caller]
pub(crate) fn tool(name: &str, arguments: &[&dyn AsRef<std::ffi::OsStr>]) {
    let mut command = program(name);
    command.args(arguments.iter().map(|one| one.as_ref()));
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    assert!(
        output.status.success(),
        "{name}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
