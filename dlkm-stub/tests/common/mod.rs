//! A folder in which a test builds libraries, programs and stub libraries, and runs the programs.

// Each test file uses only a part of this.
#![allow(dead_code)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use dlkm_stub::StubLibrary;
use tempfile::TempDir;

/// The soname of the library of most tests.
pub(crate) const SONAME: &str = "libsample.so.1";

pub(crate) struct Lab {
    folder: TempDir,
}

impl Lab {
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().unwrap();
        // Another user may run what is in it.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        Lab { folder }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The folder with the stub library.
    pub(crate) fn lazy(&self) -> PathBuf {
        self.path("lazy")
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        path
    }

    /// Compiles `libsample.so.1` from C.
    pub(crate) fn library(&self, source: &str) -> PathBuf {
        self.library_with(source, &[])
    }

    pub(crate) fn library_with(&self, source: &str, options: &[&str]) -> PathBuf {
        let source = self.write("library.c", source);
        let library = self.path(SONAME);
        let mut words = vec!["-shared", "-fPIC", "-O1", "-Wl,-soname,libsample.so.1"];
        words.extend(options);
        compile("cc", &words, &[&source], &library);
        library
    }

    /// Compiles a program from C that calls the library.
    pub(crate) fn program(&self, source: &str) -> PathBuf {
        self.program_with(source, &[])
    }

    pub(crate) fn program_with(&self, source: &str, options: &[&str]) -> PathBuf {
        let source = self.write("program.c", source);
        let program = self.path("program");
        let mut words = vec!["-O1", "-Wall", "-Werror", "-pthread"];
        words.extend(options);
        compile("cc", &words, &[&source, &self.path(SONAME)], &program);
        program
    }

    pub(crate) fn stub(&self) -> StubLibrary {
        StubLibrary::of(self.path(SONAME)).unwrap()
    }

    /// Runs the program with the stub library.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(self.path("program"));
        command
            .env("LD_LIBRARY_PATH", self.lazy())
            .env_remove("DLKM_STUB");
        command
    }

    /// Runs the program with the stub library. It must succeed; returns what it prints.
    pub(crate) fn run(&self) -> String {
        succeeded(self.command().output().unwrap())
    }
}

pub(crate) fn compile(compiler: &str, options: &[&str], inputs: &[&Path], output: &Path) {
    let done = Command::new(compiler)
        .args(inputs)
        .args(options)
        .arg("-o")
        .arg(output)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{said}");
}

pub(crate) fn succeeded(output: Output) -> String {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}\n{errors}", output.status);
    assert_eq!(errors, "");
    String::from_utf8(output.stdout).unwrap()
}

/// What a process that was aborted prints on stderr.
pub(crate) fn aborted(output: Output) -> String {
    use std::os::unix::process::ExitStatusExt;

    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let status = output.status;
    assert_eq!(status.signal(), Some(6), "{status}\n{errors}");
    errors
}
