//! The output: standard output or a file.

use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::input;

const BUFFER: usize = 128 * 1024;

/// Standard output or a file, buffered. It keeps its first error, because a module returns only the text
/// of an error.
pub(crate) struct Output {
    writer: BufWriter<Box<dyn Write>>,
    name: String,
    terminal: bool,
    error: Option<io::Error>,
}

impl Output {
    /// Opens `path`, or standard output if there is none. It is an error if the file is one of the
    /// `inputs`: it would be emptied before it was read.
    pub(crate) fn open(path: Option<&Path>, inputs: &[PathBuf]) -> Result<Self, Failure> {
        let (writer, name, terminal): (Box<dyn Write>, _, _) = match path {
            None => {
                let standard = io::stdout();
                let terminal = standard.is_terminal();
                (
                    Box::new(standard.lock()),
                    "standard output".to_owned(),
                    terminal,
                )
            }
            Some(path) => {
                let name = path.display().to_string();
                if inputs.iter().any(|input| is_same_file(path, input)) {
                    return Err(Failure::OutputIsInput(name));
                }
                match File::create(path) {
                    Ok(file) => {
                        let terminal = file.is_terminal();
                        (Box::new(file), name, terminal)
                    }
                    Err(error) => return Err(Failure::Output { name, error }),
                }
            }
        };
        Ok(Self {
            writer: BufWriter::with_capacity(BUFFER, writer),
            name,
            terminal,
            error: None,
        })
    }

    /// Whether the content goes to a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// The failure of a write that returned `error`. It contains the first error, if one was kept.
    pub(crate) fn failed(&mut self, error: io::Error) -> Failure {
        Failure::Output {
            name: self.name.clone(),
            error: self.error.take().unwrap_or(error),
        }
    }

    fn keep<T>(&mut self, result: io::Result<T>) -> io::Result<T> {
        match result {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => {
                let kind = error.kind();
                self.error.get_or_insert(error);
                Err(kind.into())
            }
            result => result,
        }
    }
}

impl Write for Output {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let result = self.writer.write(buf);
        self.keep(result)
    }

    fn flush(&mut self) -> io::Result<()> {
        let result = self.writer.flush();
        self.keep(result)
    }
}

fn is_same_file(output: &Path, input: &Path) -> bool {
    if input::is_standard(input) {
        return false;
    }
    match (fs::metadata(output), fs::metadata(input)) {
        // A device can be both.
        (Ok(output), Ok(input)) => {
            output.is_file() && (output.dev(), output.ino()) == (input.dev(), input.ino())
        }
        _ => false,
    }
}
