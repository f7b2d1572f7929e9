//! Breaks the runtime in each of the ways of `mutants/list.rs`, in copies of the workspace, one a
//! processor, and sees that the models notice.
//!
//! `cargo run --package dlkm-models --example mutants [WORD]`: all, or those whose file, reason
//! or test has the word in it.

use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Instant;
use std::{env, fs, io, thread};

#[allow(dead_code, reason = "the other half is for tests/orderings.rs")]
#[path = "../mutants/list.rs"]
mod list;

use list::{MUTANTS, Mutant};

/// Whether a model needs this entry of the workspace's folder.
fn is_needed(name: &str) -> bool {
    name.starts_with("dlkm-") || name == "models"
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let word = env::args().nth(1).unwrap_or_default();
    let wanted = |mutant: &&Mutant| {
        [mutant.file, mutant.why, mutant.by]
            .iter()
            .any(|text| text.contains(&word))
    };
    let left = Mutex::new(MUTANTS.iter().filter(wanted));
    let failed = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for worker in 0..workers {
            let copy = Copy::new(&target, worker);
            let (root, left, failed) = (&root, &left, &failed);
            scope.spawn(move || {
                copy.make(root).expect("the workspace can be copied");
                let next = || left.lock().expect("no worker panics in it").next();
                while let Some(mutant) = next() {
                    if !shows(&copy, mutant) {
                        failed.fetch_add(1, Relaxed);
                    }
                }
            });
        }
    });
    match failed.into_inner() {
        0 => ExitCode::SUCCESS,
        number => {
            println!("{number} changes were not noticed");
            ExitCode::FAILURE
        }
    }
}

/// Whether the mutant is noticed, which is told.
fn shows(copy: &Copy, mutant: &Mutant) -> bool {
    let start = Instant::now();
    let result = copy.notices(mutant);
    let took = start.elapsed().as_secs();
    let Mutant { file, why, by, .. } = mutant;
    match &result {
        Ok(said) => println!("noticed by {by} in {took} s: {file}: {why}\n    {said}"),
        Err(error) => println!("NOT NOTICED by {by} in {took} s: {file}: {why}\n    {error}"),
    }
    result.is_ok()
}

/// A copy of the workspace, which a worker's mutants share. It is built in the target folder of
/// the workspace itself, where the dependencies of the models are compiled already.
struct Copy {
    target: PathBuf,
    folder: PathBuf,
    /// The folder of the packages, within `folder`. Cargo tells packages apart by their paths from
    /// the workspace, so each copy needs paths of its own.
    packages: String,
}

impl Copy {
    fn new(target: &Path, worker: usize) -> Self {
        Copy {
            target: target.to_owned(),
            folder: target.join("mutants").join(worker.to_string()),
            packages: format!("worker-{worker}"),
        }
    }

    fn make(&self, root: &Path) -> io::Result<()> {
        for entry in root.read_dir()? {
            let name = entry?.file_name();
            if is_needed(&name.to_string_lossy()) {
                let to = self.folder.join(&self.packages).join(&name);
                copy(&root.join(&name), &to)?;
            }
        }
        for file in ["Cargo.lock", "rust-toolchain.toml"] {
            copy(&root.join(file), &self.folder.join(file))?;
        }
        let manifest = fs::read_to_string(root.join("Cargo.toml"))?;
        let (before, rest) = manifest
            .split_once("members = [")
            .expect("it is a workspace");
        let (_, after) = rest.split_once(']').expect("the list ends");
        let packages = &self.packages;
        let manifest = format!("{before}members = [\"{packages}/models\"]{after}");
        let manifest = manifest.replace("path = \"", &format!("path = \"{packages}/"));
        write(&self.folder.join("Cargo.toml"), manifest.as_bytes())
    }

    /// Builds the models, as they are in the copy, and returns their program.
    fn build(&self) -> Result<PathBuf, String> {
        let built = Command::new(env!("CARGO"))
            .args(["test", "--offline", "--package", "dlkm-models"])
            .args(["--test", "models", "--no-run"])
            // What counts is how long a change takes to build.
            .args(["--config", "profile.dev.debug=0"])
            .args(["--config", "profile.dev.package.dlkm-models.opt-level=0"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&built.stderr);
        let program = said
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix("Executable "))
            .find_map(|line| line.rsplit_once('(')?.1.strip_suffix(')'));
        match program {
            Some(program) if built.status.success() => Ok(self.folder.join(program)),
            _ => Err(said.into_owned()),
        }
    }

    /// What the model says; an error where it says nothing.
    fn notices(&self, mutant: &Mutant) -> Result<String, String> {
        let file = self.folder.join(&self.packages).join(mutant.file);
        let source = fs::read_to_string(&file).map_err(|error| error.to_string())?;
        if source.matches(mutant.find).count() != 1 {
            return Err(format!("the file should have this once: {}", mutant.find));
        }
        let changed = source.replace(mutant.find, mutant.replace);
        fs::write(&file, changed).map_err(|error| error.to_string())?;
        let result = self.run(mutant);
        fs::write(&file, source).map_err(|error| error.to_string())?;
        result
    }

    fn run(&self, mutant: &Mutant) -> Result<String, String> {
        let run = Command::new(self.build()?)
            .args(["--exact", mutant.by])
            .current_dir(self.folder.join(&self.packages).join("models"))
            .output();
        let run = run.map_err(|error| error.to_string())?;
        let said = String::from_utf8_lossy(&run.stderr);
        let told = said
            .lines()
            .skip_while(|line| !line.starts_with("The model `"));
        let told: Vec<_> = told.take(2).collect();
        if run.status.success() || told.is_empty() {
            return Err(String::from_utf8_lossy(&run.stdout).trim().to_owned());
        }
        Ok(told.join(" "))
    }
}

/// Copies what is different, so that cargo builds again what was changed.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return write(to, &fs::read(from)?);
    }
    for entry in from.read_dir()? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn write(file: &Path, content: &[u8]) -> io::Result<()> {
    if fs::read(file).is_ok_and(|known| known == content) {
        return Ok(());
    }
    fs::create_dir_all(file.parent().expect("a file is in a folder"))?;
    fs::write(file, content)
}
