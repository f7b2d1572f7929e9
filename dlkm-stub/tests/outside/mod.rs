//! What the tests with real programs share: a folder with stub libraries, and runs of a program with
//! and without them.

use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dlkm_stub::StubLibrary;
use tempfile::TempDir;

/// Longer than any of the programs takes, on a busy machine too.
const SECONDS: &str = "120";

/// The C sources.
pub(crate) const SOURCES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/c");

/// A folder for one test, with a subfolder for the stub libraries.
pub(crate) struct Place {
    folder: TempDir,
    /// A library that writes what a process has mapped at its end.
    maps: PathBuf,
}

/// What a program printed, and what was mapped at its end.
pub(crate) struct Ran {
    pub(crate) output: Output,
    mapped: Vec<PathBuf>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for sub in ["stubs", "real", "maps"] {
            fs::create_dir(folder.path().join(sub)).unwrap();
        }
        let maps = folder.path().join("maps.so");
        let source = Path::new(SOURCES).join("maps.c");
        let options = ["-O2", "-shared", "-fPIC", "-o"].map(OsStr::new);
        compile(
            "cc",
            options.into_iter().chain([maps.as_ref(), source.as_ref()]),
        );
        Place { folder, maps }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Where the program finds the stub libraries.
    pub(crate) fn stubs(&self) -> PathBuf {
        self.path("stubs")
    }

    /// Builds the stub of a library.
    pub(crate) fn stub(&self, library: &Path) -> PathBuf {
        stub_in(library, &self.stubs(), "cc")
    }

    /// Runs a program with the libraries of a folder, or with those of the system.
    pub(crate) fn run(
        &self,
        libraries: Option<&Path>,
        change: impl Fn(&mut Command),
        line: &[&str],
    ) -> Ran {
        let dumps = tempfile::tempdir_in(self.path("maps")).unwrap();
        let program = fs::canonicalize(line[0]).unwrap();
        let mut command = Command::new("timeout");
        command
            .args(["--signal=KILL", SECONDS])
            .args(line)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", "C.UTF-8")
            .env("HOME", self.folder.path())
            .env("LD_PRELOAD", &self.maps)
            .env("MAPS", dumps.path().join("of"))
            .current_dir(self.folder.path());
        if let Some(libraries) = libraries {
            command.env("LD_LIBRARY_PATH", libraries);
        }
        change(&mut command);
        let output = command.output().unwrap();
        let mut mapped = Vec::new();
        // Also of processes that the program started: but these are of this program only.
        for dump in fs::read_dir(dumps.path()).unwrap() {
            let text = fs::read_to_string(dump.unwrap().path()).unwrap();
            let paths = text
                .lines()
                .filter_map(|line| line.find('/').map(|at| &line[at..]));
            let paths: Vec<_> = paths.map(PathBuf::from).collect();
            if paths.contains(&program) {
                mapped.extend(paths);
            }
        }
        Ran { output, mapped }
    }
}

impl Ran {
    /// Whether the library that this is a stub of was loaded. The stub itself must have been.
    pub(crate) fn loaded(&self, stub: &Path) -> bool {
        let name = stub.file_name().unwrap().to_str().unwrap();
        let named = |path: &&PathBuf| {
            let file = path.file_name().and_then(OsStr::to_str);
            file.is_some_and(|file| file.starts_with(name))
        };
        let (stubs, real): (Vec<_>, Vec<_>) = self
            .mapped
            .iter()
            .filter(named)
            .partition(|path| *path == stub);
        assert!(
            !stubs.is_empty(),
            "the program did not use the stub {}, but {real:?}: {}",
            stub.display(),
            self.text()
        );
        !real.is_empty()
    }

    /// All that the program told its user.
    pub(crate) fn text(&self) -> String {
        format!(
            "{}\n{}{}",
            self.output.status,
            String::from_utf8_lossy(&self.output.stdout),
            String::from_utf8_lossy(&self.output.stderr)
        )
    }
}

/// Builds the stub of a library in a folder, with a C compiler.
pub(crate) fn stub_in(library: &Path, folder: &Path, compiler: &str) -> PathBuf {
    let stub = StubLibrary::of(library).map(|stub| stub.compiler(compiler));
    let built = stub.and_then(|stub| stub.build(folder));
    let built = built.unwrap_or_else(|error| panic!("no stub of {}: {error}", library.display()));
    // As `/proc/PID/maps` has it.
    fs::canonicalize(built.library()).unwrap()
}

/// Runs a compiler.
pub(crate) fn compile<I: AsRef<OsStr>>(compiler: &str, arguments: impl IntoIterator<Item = I>) {
    let mut command = Command::new(compiler);
    command.args(arguments);
    let output = command.output();
    let output = output.unwrap_or_else(|error| panic!("{compiler} does not start: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
}

/// Whether all of these programs can be started; if not, the test says that it is skipped.
pub(crate) fn all_there(test: &str, programs: &[&str]) -> bool {
    let found = |name: &str| {
        let paths = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&paths).any(|folder| folder.join(name).is_file())
    };
    let missing: Vec<_> = programs.iter().filter(|name| !found(name)).collect();
    if !missing.is_empty() {
        skipped(test, &format!("these are not installed: {missing:?}"));
    }
    missing.is_empty()
}

/// Says so also where the output of passing tests is not shown.
pub(crate) fn skipped(test: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "{test} is skipped: {why}");
}
