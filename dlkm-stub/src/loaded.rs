//! The libraries that are loaded with a program.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The dynamic linker of all programs that stub libraries are for. It knows where it finds libraries.
const LINKER: &str = "/lib64/ld-linux-x86-64.so.2";

/// The libraries that the dynamic linker loads at the start of the program, and their sonames. Nothing
/// runs. Empty for a program that is linked statically, and for one that would not start.
pub(crate) fn with(program: &Path) -> Vec<(String, PathBuf)> {
    // Of a name without a folder, the dynamic linker thinks that it is a library of the system.
    let Ok(program) = program.canonicalize() else {
        return Vec::new();
    };
    let output = Command::new(LINKER)
        .arg("--list")
        .arg(program)
        .stdin(Stdio::null())
        .output();
    let text = output.map_or(Vec::new(), |output| output.stdout);
    let text = String::from_utf8_lossy(&text);
    let of_line = |line: &str| {
        let (line, _) = line.trim().rsplit_once(" (")?;
        // A program may name the path of a library. What is left is of the kernel, and has no file.
        let (soname, path) = match line.split_once(" => ") {
            Some(found) => found,
            None => (line.rsplit('/').next()?, line),
        };
        path.starts_with('/')
            .then(|| (soname.to_owned(), PathBuf::from(path)))
    };
    text.lines().filter_map(of_line).collect()
}
