//! Why a stub library can't be made.

use std::error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::not_lazy::NotLazy;

/// How many symbols a message names.
const SHOWN: usize = 8;

/// Why a stub library can't be made. Nothing is written then.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// There is no library of that name.
    NotFound(String),
    /// A file can't be read.
    Read {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file can't be written.
    Write {
        /// The file or folder.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A file is no library that can be made lazy.
    Library {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        fault: Fault,
    },
    /// The library has no function of a name that an option names.
    NoFunction {
        /// The library.
        library: PathBuf,
        /// The name.
        name: String,
        /// The function whose name is nearest.
        nearest: Option<String>,
    },
    /// A value is not an integer, and the types of functions are not known.
    Value {
        /// The function.
        function: String,
        /// The text.
        value: String,
    },
    /// A program refers to what can't be lazy.
    Program {
        /// The program.
        program: PathBuf,
        /// A library that is loaded with the program, if that refers to it and not the program itself.
        library: Option<PathBuf>,
        /// What it refers to.
        symbols: Vec<NotLazy>,
    },
    /// A library looks for others beside itself (`$ORIGIN`), where a copy of it would not find them.
    Origin(PathBuf),
    /// A file is in the place of the stub library, and it is none.
    InTheWay(PathBuf),
    /// The compiler can't be started.
    NoCompiler {
        /// Its command.
        command: String,
        /// What the system says.
        source: io::Error,
    },
    /// The C++ compiler can't read a header.
    Header {
        /// The header.
        header: String,
        /// What the compiler prints.
        output: String,
    },
    /// The compiler fails.
    Compiler {
        /// Its command.
        command: String,
        /// What it prints.
        output: String,
    },
}

/// What is wrong with a library.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// It is no ELF file.
    NotElf,
    /// It is for another machine, or of another width: its name.
    Machine(String),
    /// It is an ELF file, and no shared library.
    NotShared,
    /// It has no dynamic symbols: it may be a program that is linked statically.
    NoSymbols,
    /// It forbids to be opened while a program runs (`-z nodlopen`).
    NoOpen,
    /// It exports no functions.
    NoFunctions,
    /// A part of it is missing, or makes no sense: which.
    Damaged(&'static str),
    /// It is a stub library already.
    Stub,
    /// The stub library itself needs it, or a function of this name.
    Needed(String),
    /// Two of its functions have one name in one version.
    Clash(String),
    /// It has a name that an assembler or linker can't take.
    Name(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotFound(name) => write!(
                f,
                "there is no file `{name}`, and the linker finds no library of that name; name its path"
            ),
            Error::Read { file, source } => write!(f, "can't read {}: {source}", file.display()),
            Error::Write { file, source } => write!(f, "can't write {}: {source}", file.display()),
            Error::Library { file, fault } => write!(f, "{}: {fault}", file.display()),
            Error::NoFunction {
                library,
                name,
                nearest,
            } => {
                write!(f, "{} has no function `{name}`", library.display())?;
                match nearest {
                    Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
                    None => Ok(()),
                }
            }
            Error::Value { function, value } => write!(
                f,
                "the value of `{function}` is `{value}`, which is neither an integer of 64 bits nor NULL; other \
                 values need a header that declares the function"
            ),
            Error::Program {
                program,
                library,
                symbols,
            } => {
                let program = program.display();
                match library {
                    Some(library) => {
                        let library = library.display();
                        write!(
                            f,
                            "{library}, which {program} loads, can't use a stub library:"
                        )?;
                    }
                    None => write!(f, "{program} can't use a stub library:")?,
                }
                for one in symbols.iter().take(SHOWN) {
                    write!(f, "\n  `{}` is {}", one.name(), one.why())?;
                }
                if let Some(more @ 1..) = symbols.len().checked_sub(SHOWN) {
                    write!(f, "\n  and {more} more")?;
                }
                Ok(())
            }
            Error::Origin(file) => write!(
                f,
                "{} looks for libraries beside itself ($ORIGIN), where a copy would not find them; make a stub \
                 library without a copy (--no-copy)",
                file.display()
            ),
            Error::InTheWay(file) => write!(
                f,
                "{} exists and is no stub library; name another folder",
                file.display()
            ),
            Error::NoCompiler { command, source } => write!(
                f,
                "can't start the C compiler `{command}`: {source}; install one, or name it in CC"
            ),
            Error::Header { header, output } => {
                write!(
                    f,
                    "the C++ compiler can't read {header}\n{}",
                    output.trim_end()
                )
            }
            Error::Compiler { command, output } => {
                write!(f, "the compiler fails: {command}\n{}", output.trim_end())
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::NotElf => f.write_str("this is no ELF file"),
            Fault::Machine(name) => write!(
                f,
                "this library is for {name}; stub libraries can be made for x86-64 alone"
            ),
            Fault::NotShared => f.write_str("this is no shared library"),
            Fault::NoSymbols => f.write_str("this library has no dynamic symbols"),
            Fault::NoOpen => f.write_str("this library forbids dlopen (-z nodlopen)"),
            Fault::NoFunctions => f.write_str("this library exports no functions"),
            Fault::Damaged(what) => write!(f, "this file is damaged: {what}"),
            Fault::Stub => f.write_str(
                "this is a stub library already; name the real library, which is beside it in `real`",
            ),
            Fault::Needed(name) => write!(
                f,
                "a stub library itself calls `{name}`, which this library provides, so it can't be lazy"
            ),
            Fault::Clash(name) => write!(f, "this library exports `{name}` twice"),
            Fault::Name(name) => write!(
                f,
                "a linker can't write the name `{}`",
                name.escape_debug()
            ),
        }
    }
}

impl error::Error for Error {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Error::Read { source, .. }
            | Error::Write { source, .. }
            | Error::NoCompiler { source, .. } => Some(source),
            _ => None,
        }
    }
}
