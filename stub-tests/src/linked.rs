//! A C program that is linked to stub modules: those of images beside it, and those in a program.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::code;
use crate::table::Module;
use crate::workspace::{Workspace, has_c_compiler, manifest, write, write_manifest};

/// A folder with stub modules, and a C program that calls their functions.
#[derive(Debug)]
pub struct StubModules {
    /// The program.
    pub program: PathBuf,
    /// The module root, which has stub modules only.
    pub root: PathBuf,
}

impl Workspace {
    /// Builds the stub modules of these interfaces, each in a crate of its own, and a C program that
    /// is linked to all of them. `None`, after a message, if there is no C compiler.
    ///
    /// # Panics
    /// Something can't be built.
    pub fn stub_modules(&self, modules: &[Module]) -> Option<StubModules> {
        if !has_c_compiler() {
            return None;
        }
        let crates = self.folder.join("each");
        let names: Vec<_> = modules.iter().map(|module| &*module.name).collect();
        write_manifest(&crates, &names);
        for module in modules {
            let name = &module.name;
            write(&crates.join(name).join("Cargo.toml"), &manifest(name, ""));
            write(&crates.join(name).join("src/lib.rs"), &module.modmeta());
        }
        let (folder, mut build) = (crates.join("stubs"), dlkm_tools::Build::new(&crates));
        let root = folder.join("modules");
        // What an earlier run has left.
        let _ = fs::remove_dir_all(&folder);
        for module in modules {
            build = build.package(format!("illumos-{}", module.name));
        }
        let build = build.target_dir(&self.target).root(&root).offline().quiet();
        let built = build
            .stub_modules()
            .unwrap_or_else(|error| panic!("{error}"));
        let expected = modules.iter().map(|module| format!("{}_stub", module.name));
        assert!(built.iter().map(|one| one.module.clone()).eq(expected));

        let (source, program) = (folder.join("calls.c"), folder.join("calls"));
        write(&source, &code::c_program(modules));
        let libraries = modules
            .iter()
            .map(|module| format!("-l{}_stub", module.name));
        compile(
            Command::new("cc")
                .arg("-o")
                .args([&program, &source])
                .arg("-L")
                .arg(&folder)
                .args(libraries)
                .arg("-Wl,-rpath,$ORIGIN"),
        );
        Some(StubModules { program, root })
    }

    /// Builds a program that is linked to the stub modules of all interfaces, and has C code that calls
    /// their functions. `None`, after a message, if there is no C compiler.
    ///
    /// # Panics
    /// Something can't be built.
    pub fn linked(&self, modules: &[Module]) -> Option<PathBuf> {
        if !has_c_compiler() {
            return None;
        }
        let (source, object) = (self.folder.join("calls.c"), self.folder.join("calls.o"));
        write(&source, &code::c_program(modules));
        compile(
            Command::new("cc")
                .args(["-DNO_MAIN", "-c", "-o"])
                .args([&object, &source]),
        );
        let stubs: Vec<_> = modules
            .iter()
            .map(|one| format!("{}_stub", one.name))
            .collect();
        // To Cargo, another value of the variable is another build.
        let target = self.target.join("linked");
        let built = self
            .cargo("rustc")
            .args(["--package", "illumos-linked", "--target-dir"])
            .arg(&target)
            .arg("--")
            .arg(format!("-Clink-arg={}", object.display()))
            .env("DLKM_STATIC", stubs.join(","))
            .output()
            .expect("cargo starts");
        let errors = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "{errors}");
        Some(target.join("debug/illumos-linked"))
    }
}

fn compile(cc: &mut Command) {
    let output = cc
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror"])
        .output()
        .expect("cc starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
}

/// Copies the images of modules into a module root.
pub fn install(modules: &[Module], from: &Path, to: &Path) {
    for module in modules {
        let file = format!("{}.so", module.name);
        fs::copy(from.join(&file), to.join(&file)).expect("the image is copied");
    }
}
