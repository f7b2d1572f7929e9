//! Runs the C compiler.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::error::Error;

const RUNTIME: &str = include_str!("runtime.c");
const TRAMPOLINE: &str = include_str!("trampoline.S");

/// How code of a stub library is compiled: it is protected as the library's callers may be, nothing of it
/// is exported that is not meant to be, and exceptions pass through it.
const CODE: [&str; 6] = [
    "-fPIC",
    "-fvisibility=hidden",
    "-fcf-protection=full",
    "-fno-stack-protector",
    "-fexceptions",
    "-fasynchronous-unwind-tables",
];

/// The C compiler: the command in `CC`, which may have arguments, or `cc`.
#[derive(Clone, Debug)]
pub(crate) struct Compiler {
    words: Vec<OsString>,
}

impl Compiler {
    /// The C++ compiler: the command in `CXX`, or `c++`.
    pub(crate) fn for_types() -> Self {
        match env::var("CXX") {
            Ok(command) if !command.trim().is_empty() => Compiler::new(&command),
            _ => Compiler::new("c++"),
        }
    }

    pub(crate) fn of_environment() -> Self {
        Compiler::new(&env::var("CC").unwrap_or_default())
    }

    pub(crate) fn new(command: &str) -> Self {
        let mut words: Vec<OsString> = command.split_whitespace().map(OsString::from).collect();
        if words.is_empty() {
            words.push("cc".into());
        }
        Compiler { words }
    }

    /// Where the linker finds a file of this name, if it does.
    pub(crate) fn find(&self, name: &str) -> Option<PathBuf> {
        let mut option = OsString::from("-print-file-name=");
        option.push(name);
        let output = self.run(&[option]).ok()?;
        let path = PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end());
        // It repeats the name where it finds nothing.
        (path.is_absolute() && path.is_file()).then_some(path)
    }

    /// Compiles C++ in this folder, and returns the object file.
    pub(crate) fn object(&self, folder: &Path, name: &str, text: &str) -> Result<Vec<u8>, Error> {
        let source = write(folder, name, text)?;
        let object = source.with_extension("o");
        let mut words: Vec<OsString> = ["-std=gnu++17", "-O2", "-Wfatal-errors", "-c", "-o"]
            .map(OsString::from)
            .to_vec();
        words.push(object.clone().into());
        words.extend(CODE.map(OsString::from));
        words.push(source.into());
        self.succeed(&words)?;
        std::fs::read(&object).map_err(|source| Error::Read {
            file: object,
            source,
        })
    }

    /// Builds a stub library from its generated parts, all in this folder. `others` are sources and
    /// objects.
    pub(crate) fn build(
        &self,
        folder: &Path,
        soname: &str,
        assembly: &str,
        version_script: Option<&str>,
        others: &[PathBuf],
    ) -> Result<PathBuf, Error> {
        let write = |name: &str, text: &str| write(folder, name, text);
        let out = folder.join("stub.so");
        let mut words: Vec<OsString> = [
            "-shared",
            // What compilers add at the start of libraries has functions of its own, and exports some.
            "-nostartfiles",
            "-O2",
            "-Wl,--as-needed",
            "-Wl,--hash-style=gnu",
            "-Wl,--build-id=sha1",
            "-Wl,-z,lazy",
            // The real library stays, too.
            "-Wl,-z,nodelete",
            "-Wl,-z,relro",
            "-Wl,-z,noexecstack",
        ]
        .map(OsString::from)
        .to_vec();
        words.extend(CODE.map(OsString::from));
        // Not in one option with `-Wl`, which takes commas for ends of words.
        for word in ["-soname", soname] {
            words.extend(["-Xlinker".into(), word.into()]);
        }
        if let Some(script) = version_script {
            let script = write("stub.ver", script)?;
            words.extend(["-Xlinker", "--version-script", "-Xlinker"].map(OsString::from));
            words.push(script.into());
        }
        words.extend(["-o".into(), out.clone().into()]);
        words.push(write("trampoline.S", TRAMPOLINE)?.into());
        words.push(write("symbols.s", assembly)?.into());
        words.push(write("runtime.c", RUNTIME)?.into());
        words.extend(others.iter().map(OsString::from));
        words.push("-ldl".into());
        // Not each linker can write relocations in this form, which makes the table of slots small.
        let mut packed = words.clone();
        packed.push("-Wl,-z,pack-relative-relocs".into());
        if self.succeed(&packed).is_err() {
            self.succeed(&words)?;
        }
        Ok(out)
    }

    fn succeed(&self, words: &[OsString]) -> Result<(), Error> {
        let output = self.run(words).map_err(|source| Error::NoCompiler {
            command: self.text(&[]),
            source,
        })?;
        if output.status.success() {
            return Ok(());
        }
        Err(Error::Compiler {
            command: self.text(words),
            output: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    fn run(&self, words: &[OsString]) -> std::io::Result<Output> {
        Command::new(&self.words[0])
            .args(&self.words[1..])
            .args(words)
            .stdin(Stdio::null())
            .output()
    }

    fn text(&self, words: &[OsString]) -> String {
        let words: Vec<_> = self
            .words
            .iter()
            .chain(words)
            .map(|word| shown(word))
            .collect();
        words.join(" ")
    }
}

fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf, Error> {
    let file = folder.join(name);
    match std::fs::write(&file, text) {
        Ok(()) => Ok(file),
        Err(source) => Err(Error::Write { file, source }),
    }
}

fn shown(word: &OsStr) -> String {
    word.to_string_lossy().into_owned()
}
