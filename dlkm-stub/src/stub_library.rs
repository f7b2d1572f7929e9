//! Makes a stub library, as its options say.

use std::collections::BTreeSet;
use std::fs::{self, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempDir};

use crate::compile::Compiler;
use crate::copy::{self, Change};
use crate::elf::Elf;
use crate::error::Error;
use crate::library::{self, Library};
use crate::loaded;
use crate::not_lazy::{NotLazy, Why};
use crate::program::References;
use crate::report::Report;
use crate::typed::Header;
use crate::value;
use crate::write::{self, Fallback, Value};

/// The folder of real libraries, beside the stub libraries. No dynamic linker looks for libraries in a
/// folder of this name.
const REAL: &str = "real";

/// The source of functions that return the values of a header.
const TYPED: &str = "typed.cpp";

/// A stub library that is to be made.
#[derive(Debug)]
pub struct StubLibrary {
    library: Library,
    compiler: Compiler,
    weak: Vec<String>,
    or: Vec<(String, String)>,
    programs: Vec<PathBuf>,
    header: Option<String>,
    sources: Vec<PathBuf>,
    installed_in: Option<PathBuf>,
    is_copied: bool,
}

/// What the options mean for the library.
struct Plan {
    report: Report,
    /// One for each function.
    fallbacks: Vec<Option<Fallback>>,
    /// Sources and objects that become parts of the stub library.
    others: Vec<PathBuf>,
}

/// The files of a stub library.
#[derive(Clone, Debug)]
pub struct Built {
    library: PathBuf,
    real: PathBuf,
    report: Report,
    is_direct: bool,
}

impl StubLibrary {
    /// Reads the library that is to become lazy: the path of a file, or a name that the C compiler
    /// finds, such as `libz.so.1`.
    ///
    /// # Errors
    ///
    /// If the file can't be read, or if no function of it can be lazy.
    pub fn of(library: impl AsRef<Path>) -> Result<Self, Error> {
        let compiler = Compiler::of_environment();
        let path = library.as_ref();
        let found = match path.to_str() {
            Some(name) if !name.contains('/') && !path.exists() => compiler
                .find(name)
                .ok_or_else(|| Error::NotFound(name.to_owned()))?,
            _ => path.to_owned(),
        };
        Ok(StubLibrary {
            library: Library::read(&found)?,
            compiler,
            weak: Vec::new(),
            or: Vec::new(),
            programs: Vec::new(),
            header: None,
            sources: Vec::new(),
            installed_in: None,
            is_copied: true,
        })
    }

    /// The C compiler to use: a command that may have arguments. The default is the variable `CC`, or else
    /// `cc`.
    #[must_use]
    pub fn compiler(mut self, command: &str) -> Self {
        self.compiler = Compiler::new(command);
        self
    }

    /// Makes a function weak: it never loads the real library. While that is not loaded, the function
    /// returns the value of [`or`](Self::or), or else 0.
    #[must_use]
    pub fn weak(mut self, function: impl Into<String>) -> Self {
        self.weak.push(function.into());
        self
    }

    /// What a function returns if the real library can't be loaded: an integer, or `NULL`. Without it,
    /// the call prints why, and aborts the process.
    ///
    /// Without [`header`](Self::header), the type of the function is not known. The value is right for a
    /// function that returns nothing (`void`), an integer or a pointer. With it, the value is an expression
    /// of C++ in which the header's names can be used, and the compiler checks its type.
    #[must_use]
    pub fn or(mut self, function: impl Into<String>, value: impl Into<String>) -> Self {
        self.or.push((function.into(), value.into()));
        self
    }

    /// A header that declares the library's functions: a path, or a name as in `#include <zlib.h>`. It
    /// gives the values of [`or`](Self::or) their types. It is read by the C++ compiler in the variable
    /// `CXX`, or else `c++`.
    #[must_use]
    pub fn header(mut self, header: impl Into<String>) -> Self {
        self.header = Some(header.into());
        self
    }

    /// A C or C++ source that becomes a part of the stub library. It can define
    /// `void dlkm_stub_failed(const char *library, const char *function, const char *why)`, which is called
    /// before a process is aborted. Without it, a program can define the function, and export it (`-rdynamic`).
    #[must_use]
    pub fn on_failure(mut self, source: impl Into<PathBuf>) -> Self {
        self.sources.push(source.into());
        self
    }

    /// The folder in which the stub library will be when it is used, as an absolute path. The default is the
    /// folder in which it is built.
    #[must_use]
    pub fn installed_in(mut self, folder: impl Into<PathBuf>) -> Self {
        self.installed_in = Some(folder.into());
        self
    }

    /// Opens the real library where it is now, and makes no copy of it. Its calls of its own functions
    /// then go through the stub library. After an update of the library, the stub library must be made
    /// again.
    #[must_use]
    pub fn without_copy(mut self) -> Self {
        self.is_copied = false;
        self
    }

    /// Names a program that is to use the stub library, or a library that a program opens later. The stub
    /// library is refused if it could not: for instance because the program, or a library that is loaded
    /// with it, refers to a variable of the library.
    #[must_use]
    pub fn for_program(mut self, program: impl Into<PathBuf>) -> Self {
        self.programs.push(program.into());
        self
    }

    /// What will be lazy, and what can't be. Nothing is built.
    ///
    /// # Errors
    ///
    /// If an option is wrong, or a program of [`for_program`](Self::for_program) can't use the stub
    /// library.
    pub fn check(&self) -> Result<Report, Error> {
        let scratch = scratch()?;
        Ok(self.plan(scratch.path())?.report)
    }

    fn plan(&self, scratch: &Path) -> Result<Plan, Error> {
        for name in self.weak.iter().chain(self.or.iter().map(|(name, _)| name)) {
            self.must_have(name)?;
        }
        let names = || self.library.functions().map(|one| one.name.as_str());
        let compiler = Compiler::for_types();
        let header = match &self.header {
            Some(header) => Some(Header::read(header, names(), &compiler, scratch)?),
            None => None,
        };
        let untyped = header.as_ref().map(|header| header.untyped(names()));
        let report = Report::new(&self.library, untyped.unwrap_or_default());
        for program in &self.programs {
            self.check_program(program, &report)?;
        }
        if self.is_copied && self.library.has_origin {
            return Err(Error::Origin(self.library.file.clone()));
        }
        let fallbacks = self.fallbacks(header.as_ref())?;
        let typed: Vec<_> = fallbacks
            .iter()
            .enumerate()
            .zip(names())
            .filter_map(
                |((index, fallback), name)| match &fallback.as_ref()?.value {
                    Value::Typed(value) => Some((index, name, value.as_str())),
                    Value::Integer(_) => None,
                },
            )
            .collect();
        let mut others = self.sources.clone();
        if let Some(header) = header.filter(|_| !typed.is_empty()) {
            compiler.object(scratch, TYPED, &header.fallbacks(&typed))?;
            others.push(scratch.join(TYPED).with_extension("o"));
        }
        Ok(Plan {
            report,
            fallbacks,
            others,
        })
    }

    fn check_program(&self, program: &Path, report: &Report) -> Result<(), Error> {
        let references = References::of_file(program)?;
        let mut found = self.variables(&references, report);
        if self.is_copied {
            let functions = self.library.functions().map(|one| one.name.as_str());
            let replaced: BTreeSet<&str> = functions
                .filter(|name| {
                    self.library.calls.contains(*name) && references.defined.contains(*name)
                })
                .collect();
            found.extend(
                replaced
                    .iter()
                    .map(|name| NotLazy::new(name, Why::Replaced)),
            );
        }
        let refused = |library: Option<PathBuf>, symbols| {
            Err(Error::Program {
                program: program.to_owned(),
                library,
                symbols,
            })
        };
        if !found.is_empty() {
            return refused(None, found);
        }
        // The real library is loaded with the program. The stub library will be in its place.
        let others = loaded::with(program).into_iter();
        for (_, file) in others.filter(|(soname, _)| *soname != self.library.soname) {
            let found = self.variables(&References::of_file(&file)?, report);
            if !found.is_empty() {
                return refused(Some(file), found);
            }
        }
        Ok(())
    }

    /// The variables of the library that a file refers to.
    fn variables(&self, references: &References, report: &Report) -> Vec<NotLazy> {
        let is_wanted = |name: &str| {
            references.wanted.iter().any(|(wanted, file)| {
                wanted == name
                    && file
                        .as_ref()
                        .is_none_or(|file| *file == self.library.soname)
            })
        };
        let all = report.not_lazy().iter();
        all.filter(|one| is_wanted(one.name())).cloned().collect()
    }

    /// Builds the stub library in a folder, which is made if it does not exist. A stub library that is
    /// there already is replaced.
    ///
    /// # Errors
    ///
    /// If an option is wrong, the compiler fails, or the folder can't be written. The folder has no new
    /// stub library then.
    pub fn build(&self, folder: impl AsRef<Path>) -> Result<Built, Error> {
        let scratch = scratch()?;
        let plan = self.plan(scratch.path())?;
        let folder = make_folder(folder.as_ref())?;
        let installed = self.installed_in.as_ref().unwrap_or(&folder);
        let library = folder.join(&self.library.soname);
        if !may_be_replaced(&library) {
            return Err(Error::InTheWay(library));
        }
        let mut copied = self.library.data.clone();
        let (real, opened, change) = match self.is_copied {
            true => {
                let change = copy::make_symbolic(&mut copied);
                let change = change.map_err(|fault| Error::Library {
                    file: self.library.file.clone(),
                    fault,
                })?;
                let name = &self.library.soname;
                let real = make_folder(&folder.join(REAL))?.join(name);
                (real, installed.join(REAL).join(name), change)
            }
            false => {
                let file = &self.library.file;
                (file.clone(), file.clone(), Change::NoRoom)
            }
        };
        let built = self.compiler.build(
            scratch.path(),
            &self.library.soname,
            &write::assembly(
                &self.library,
                opened.as_os_str().as_bytes(),
                &plan.fallbacks,
            ),
            write::version_script(&self.library).as_deref(),
            &plan.others,
        )?;
        if self.is_copied {
            put(&real, &copied, 0o644)?;
        }
        let bytes = fs::read(&built).map_err(|source| Error::Read {
            file: built.clone(),
            source,
        })?;
        put(&library, &bytes, 0o755)?;
        Ok(Built {
            library,
            real,
            report: plan.report,
            is_direct: change != Change::NoRoom,
        })
    }

    /// One for each function of the library.
    fn fallbacks(&self, header: Option<&Header>) -> Result<Vec<Option<Fallback>>, Error> {
        self.library
            .functions()
            .map(|function| {
                let name = &function.name;
                let is_weak = self.weak.contains(name);
                // Of several values, the last counts, as with options of compilers.
                let value = self.or.iter().rev().find(|(other, _)| other == name);
                let text = match value {
                    Some((_, text)) => text,
                    None if is_weak => "void",
                    None => return Ok(None),
                };
                let is_typed = header.is_some_and(|header| header.is_function(name));
                let value = match is_typed {
                    // A line would end in what is compiled.
                    true if !text.contains(char::is_control) => Value::Typed(text.to_owned()),
                    _ => Value::Integer(value::parse(name, text)?),
                };
                Ok(Some(Fallback { value, is_weak }))
            })
            .collect()
    }

    fn must_have(&self, name: &str) -> Result<(), Error> {
        let mut names = self.library.functions().map(|one| one.name.as_str());
        if names.any(|other| other == name) {
            return Ok(());
        }
        let names = self.library.functions().map(|one| one.name.as_str());
        let nearest = names
            .map(|other| (strsim::damerau_levenshtein(name, other), other))
            .min()
            .filter(|(distance, _)| *distance <= 1 + name.len() / 4);
        Err(Error::NoFunction {
            library: self.library.file.clone(),
            name: name.to_owned(),
            nearest: nearest.map(|(_, other)| other.to_owned()),
        })
    }
}

impl Built {
    /// The stub library.
    pub fn library(&self) -> &Path {
        &self.library
    }

    /// The real library: its copy, or without one the original.
    pub fn real(&self) -> &Path {
        &self.real
    }

    /// What is lazy, and what can't be.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// Whether the real library calls its own functions directly, and not through the stub library.
    pub fn is_direct(&self) -> bool {
        self.is_direct
    }
}

/// Makes a folder, and returns its absolute path.
fn make_folder(folder: &Path) -> Result<PathBuf, Error> {
    let write = |source| Error::Write {
        file: folder.to_owned(),
        source,
    };
    fs::create_dir_all(folder).map_err(write)?;
    folder.canonicalize().map_err(write)
}

/// A folder for what the compiler makes.
fn scratch() -> Result<TempDir, Error> {
    TempDir::with_prefix("dlkm-stub.").map_err(|source| Error::Write {
        file: std::env::temp_dir(),
        source,
    })
}

/// Whether nothing is there, or a stub library.
fn may_be_replaced(file: &Path) -> bool {
    match fs::read(file) {
        Ok(bytes) => Elf::parse(&bytes).is_ok_and(|elf| library::is_stub(&elf)),
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// Puts a file into its place at once: a process that has the old one mapped keeps it.
fn put(file: &Path, bytes: &[u8], mode: u32) -> Result<(), Error> {
    let write = |source| Error::Write {
        file: file.to_owned(),
        source,
    };
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut new = NamedTempFile::new_in(folder).map_err(write)?;
    std::io::Write::write_all(&mut new, bytes).map_err(write)?;
    new.as_file()
        .set_permissions(Permissions::from_mode(mode))
        .map_err(write)?;
    new.persist(file).map_err(|error| write(error.error))?;
    Ok(())
}
