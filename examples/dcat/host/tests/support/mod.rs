//! What the tests share: the program with its modules, the real tools, and content to compress.

// Each test file uses its own part of this.
#![allow(dead_code, unreachable_pub)]

pub mod content;
pub mod modules;
pub mod tools;

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// No run in these tests takes nearly as long. A program that does has hung.
const PATIENCE: Duration = Duration::from_secs(240);

/// The result of a program.
#[derive(Debug)]
pub struct Ran {
    pub status: ExitStatus,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Ran {
    /// The exit code. The test fails if a signal ended the program, or if it panicked.
    pub fn code(&self) -> i32 {
        let code = self.status.code();
        let code = code.unwrap_or_else(|| panic!("{}: {}", self.status, self.stderr));
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
        code
    }

    /// Asserts success and an empty standard error, and returns the output.
    #[track_caller]
    pub fn success(self) -> Vec<u8> {
        assert_eq!((self.code(), &*self.stderr), (0, ""));
        self.stdout
    }

    /// Asserts that the exit code is 1, and that the messages contain each of `words`.
    #[track_caller]
    pub fn failure(&self, words: &[&str]) {
        assert_eq!(self.code(), 1, "{}", self.stderr);
        for word in words {
            assert!(
                self.stderr.contains(word),
                "no {word:?} in {:?}",
                self.stderr
            );
        }
        for line in self.stderr.lines() {
            assert!(line.starts_with("dcat: "), "{line:?}");
        }
    }
}

/// `dcat` with the folder of its modules.
pub fn dcat() -> Command {
    let mut command = bare_dcat();
    if let Some(root) = modules::root() {
        command.arg("--module-root").arg(root);
    }
    command
}

/// `dcat` with the default folder for its modules.
pub fn bare_dcat() -> Command {
    Command::new(env!("CARGO_BIN_EXE_dcat"))
}

/// Runs `dcat` with these arguments and an empty standard input.
pub fn run_dcat(arguments: &[&str]) -> Ran {
    run(dcat().args(arguments), b"")
}

/// Runs the command with `input` on standard input.
pub fn run(command: &mut Command, input: &[u8]) -> Ran {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut stdin = child.stdin.take().expect("piped");
    let mut stdout = child.stdout.take().expect("piped");
    let mut stderr = child.stderr.take().expect("piped");
    thread::scope(|scope| {
        // The program may end before it has read everything.
        scope.spawn(move || {
            let _ = stdin.write_all(input);
        });
        let stdout = scope.spawn(move || read_all(&mut stdout));
        let stderr = scope.spawn(move || read_all(&mut stderr));
        Ran {
            status: wait(&mut child),
            stdout: stdout.join().expect("no panic"),
            stderr: String::from_utf8_lossy(&stderr.join().expect("no panic")).into_owned(),
        }
    })
}

/// Waits for the end of a program, and fails the test if it hangs.
pub fn wait(child: &mut Child) -> ExitStatus {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            return status;
        }
        if Instant::now() > deadline {
            child.kill().expect("a running child can be killed");
            panic!("the program hangs");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

fn read_all(reader: &mut impl Read) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).expect("a pipe can be read");
    bytes
}

/// A folder that is removed after the test.
pub struct Folder(tempfile::TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The path of `name` in the folder.
    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Creates the file `name`, and returns its path as an argument.
    pub fn file(&self, name: &str, content: &[u8]) -> String {
        let path = self.at(name);
        std::fs::write(&path, content).expect("a temporary file");
        path.into_os_string().into_string().expect("UTF-8")
    }
}
