//! The generated workspace: the interfaces, the program, and the modules in C.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::code;
use crate::table::Module;

/// The runtime of this checkout.
const RUNTIME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../dlkm-rt");

/// A workspace on disk.
#[derive(Debug)]
pub struct Workspace {
    pub(crate) folder: PathBuf,
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Writes the interfaces of all modules, and the program, into `folder`. `target` is where Cargo
    /// builds.
    ///
    /// # Panics
    /// A file can't be written.
    pub fn write(folder: &Path, target: &Path, modules: &[Module]) -> Self {
        write_manifest(folder, &["api", "host", "linked"]);
        write(&folder.join("api/Cargo.toml"), &manifest("api", ""));
        write(&folder.join("api/src/lib.rs"), &code::interfaces(modules));
        let api = "illumos-api = { path = \"../api\" }\n";
        write(&folder.join("host/Cargo.toml"), &manifest("host", api));
        write(&folder.join("host/src/main.rs"), &code::program(modules));
        write(&folder.join("linked/Cargo.toml"), &manifest("linked", api));
        let linked = include_str!("linked_program.rs");
        write(&folder.join("linked/src/main.rs"), linked);
        Workspace {
            folder: folder.to_owned(),
            target: target.to_owned(),
        }
    }

    /// Builds the program; returns its file.
    ///
    /// # Panics
    /// It does not compile.
    pub fn program(&self) -> PathBuf {
        let built = self
            .cargo("build")
            .args(["--package", "illumos-host", "--target-dir"])
            .arg(&self.target)
            .output()
            .expect("cargo starts");
        let errors = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{errors}");
        self.target.join("debug/illumos-host")
    }

    pub(crate) fn cargo(&self, command: &str) -> Command {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args([command, "--quiet", "--offline"])
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        cargo
    }

    /// Writes each module in C against the header of its interface, and compiles it into a module
    /// root, which it returns. `None`, after a message, if there is no C compiler.
    ///
    /// # Panics
    /// A header can't be written, or a module can't be compiled.
    pub fn modules_in_c(&self, modules: &[Module]) -> Option<PathBuf> {
        if !has_c_compiler() {
            return None;
        }
        let interfaces = dlkm_tools::Build::new(&self.folder)
            .package("illumos-api")
            .target_dir(&self.target)
            .offline()
            .quiet()
            .interfaces()
            .unwrap_or_else(|error| panic!("{error}"));
        let (source, root) = (self.folder.join("c"), self.folder.join("modules"));
        fs::create_dir_all(&root).expect("the folder is made");
        let mut running = Vec::new();
        for module in modules {
            let name = &module.name;
            let interface = interfaces.iter().find(|one| one.name() == name);
            let interface = interface.expect("each module has an interface");
            let header = dlkm_tools::c_header(std::slice::from_ref(interface));
            write(
                &source.join(format!("{name}.h")),
                &header.expect("of ABI C"),
            );
            let file = source.join(format!("{name}.c"));
            write(&file, &module.c_source());
            let compiler = Command::new("cc")
                .args([
                    "-std=c11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC",
                ])
                .arg("-o")
                .arg(root.join(format!("{name}.so")))
                .arg(&file)
                .spawn();
            running.push(compiler.expect("cc starts"));
            // Not all at once, since each takes some memory.
            if running.len() == 8 {
                running.drain(..).for_each(succeed);
            }
        }
        running.drain(..).for_each(succeed);
        Some(root)
    }
}

/// The manifest of a workspace, and its lock file.
pub(crate) fn write_manifest(folder: &Path, members: &[&str]) {
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\
         [profile.dev]\ndebug = false\nincremental = false\n"
    );
    write(&folder.join("Cargo.toml"), &manifest);
    // The same dependencies as this checkout's, so that nothing has to be fetched.
    let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.lock");
    fs::copy(lock, folder.join("Cargo.lock")).expect("the lock file is copied");
}

/// The manifest of a package.
pub(crate) fn manifest(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"illumos-{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n\
         [dependencies]\ndlkm-rt = {{ path = {RUNTIME:?} }}\n{more}"
    )
}

/// Says so if there is none, also where the output of a test that passes is not shown.
pub(crate) fn has_c_compiler() -> bool {
    let found = Command::new("cc").arg("--version").output().is_ok();
    if !found {
        let _ = writeln!(std::io::stderr(), "skipped: there is no C compiler, `cc`");
    }
    found
}

fn succeed(mut compiler: std::process::Child) {
    let status = compiler.wait().expect("a child can be waited for");
    assert!(status.success(), "cc: {status}");
}

/// Leaves a file alone that has this text already, so that Cargo compiles it once.
pub(crate) fn write(file: &Path, text: &str) {
    if fs::read_to_string(file).is_ok_and(|there| there == text) {
        return;
    }
    let folder = file.parent().expect("a file's folder");
    fs::create_dir_all(folder).expect("the folder is made");
    fs::write(file, text).expect("the file is written");
}
