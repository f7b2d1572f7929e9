//! `dlkm stub`: makes a C library lazy.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use dlkm_stub::{NotLazy, Report, StubLibrary, Untyped};
use serde_json::json;

use crate::failure::Failure;
use crate::message::{self, Message};
use crate::report;

/// Make a C library lazy: programs that are not rebuilt load it at their first call.
///
/// Builds a stub library, which has the library's name and functions and none of their code. A program
/// that finds it by LD_LIBRARY_PATH loads the real library when it first calls one of the functions. Needs
/// a C compiler.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Exit codes:
  0  the stub library is built; with --check, all symbols can be lazy, or all that the programs of
     --for use
  1  with --check and without --for, there are symbols that can't be lazy
  2  the library can't be lazy, the stub library can't be built, or the command line is wrong

Variables:
  CC, CXX          the C and the C++ compiler, with their first options [default: cc, c++]
  DLKM_STUB=eager  programs load the real library at their start, for tests

Examples:
  dlkm stub libz.so.1 --out lazy
  LD_LIBRARY_PATH=$PWD/lazy git --version
  dlkm stub --check /usr/lib/x86_64-linux-gnu/libsqlite3.so.0
  dlkm stub libcurl.so.4 --out lazy --weak curl_global_cleanup --or curl_easy_init=NULL
  dlkm stub libz.so.1 --out lazy --header zlib.h --or inflate=Z_STREAM_ERROR")]
pub(crate) struct StubArgs {
    /// The library: a path, or a name that the C compiler finds
    library: PathBuf,

    /// Folder for the stub library and, in its folder `real`, the copy of the library
    #[arg(long, short, value_name = "DIR", default_value = "lazy")]
    out: PathBuf,

    /// Say what can't be lazy, and build nothing
    #[arg(long)]
    check: bool,

    /// Functions that never load the library, and return their value of --or, or 0, until another
    /// function has loaded it
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    weak: Vec<String>,

    /// What a function returns if the library can't be loaded: an integer, or NULL; can be repeated
    /// [default: the process is aborted, with a message]
    #[arg(long, value_name = "NAME=VALUE", value_parser = assignment)]
    or: Vec<(String, String)>,

    /// A header that declares the functions, as a path or a name such as zlib.h: values of --or are then
    /// C++ expressions, and the compiler checks their types
    #[arg(long, value_name = "HEADER")]
    header: Option<String>,

    /// A C source that defines `void dlkm_stub_failed(const char *library, const char *function, const
    /// char *why)`, which is called before a process is aborted; without it, that of the program
    #[arg(long, value_name = "FILE")]
    on_failure: Option<PathBuf>,

    /// Refuse if this program, or a library that is loaded with it, can't use the stub library; can be
    /// repeated
    #[arg(long = "for", value_name = "PROGRAM")]
    programs: Vec<PathBuf>,

    /// Folder in which the stub library will be when it is used [default: that of --out]
    #[arg(long, value_name = "DIR", value_parser = absolute)]
    installed_in: Option<PathBuf>,

    /// Open the library where it is, and make no copy of it
    #[arg(long)]
    no_copy: bool,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("NAME=VALUE is expected".to_owned()),
    }
}

fn absolute(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.is_absolute() {
        true => Ok(path),
        false => Err("an absolute path is expected".to_owned()),
    }
}

pub(crate) fn run(options: &StubArgs) -> Result<ExitCode, Failure> {
    let mut stub = StubLibrary::of(&options.library)?;
    for name in &options.weak {
        stub = stub.weak(name);
    }
    for (name, value) in &options.or {
        stub = stub.or(name, value);
    }
    for program in &options.programs {
        stub = stub.for_program(program);
    }
    if let Some(header) = &options.header {
        stub = stub.header(header);
    }
    if let Some(source) = &options.on_failure {
        stub = stub.on_failure(source);
    }
    if let Some(folder) = &options.installed_in {
        stub = stub.installed_in(folder);
    }
    if options.no_copy {
        stub = stub.without_copy();
    }
    if options.check {
        let report = stub.check()?;
        let is_good = report.not_lazy().is_empty() || !options.programs.is_empty();
        let code = u8::from(!is_good);
        if options.json {
            return Ok(report::print_json(&json(&report), code));
        }
        note(report.untyped());
        warn_of_tls(&report);
        return Ok(report::print(&checked(&report), code));
    }
    let built = stub.build(&options.out)?;
    if options.json {
        let mut value = json(built.report());
        value["library"] = built.library().display().to_string().into();
        value["real"] = built.real().display().to_string().into();
        value["direct"] = built.is_direct().into();
        return Ok(report::print_json(&value, 0));
    }
    note(built.report().untyped());
    warn_of_tls(built.report());
    // Nothing of it matters to a program that has been looked at.
    if options.programs.is_empty() {
        warn(built.report().not_lazy());
    }
    if !options.no_copy && !built.is_direct() {
        message::warning(
            Message::NotDirect,
            "the copy has no room for DF_SYMBOLIC, so it calls its own functions through the stub library",
        );
    }
    let text = format!(
        "{}: {} functions, which load {}\n",
        built.library().display(),
        built.report().functions(),
        built.real().display()
    );
    Ok(report::print(&text, 0))
}

fn json(report: &Report) -> serde_json::Value {
    let not_lazy = report.not_lazy().iter();
    let untyped = report.untyped().iter();
    json!({
        "functions": report.functions(),
        "not_lazy": not_lazy
            .map(|one| json!({ "name": one.name(), "why": one.why().to_string() }))
            .collect::<Vec<_>>(),
        "untyped": untyped.map(Untyped::name).collect::<Vec<_>>(),
        "static_tls": report.static_tls(),
    })
}

/// A library may have thousands of variables.
const SHOWN: usize = 8;

fn warn(all: &[NotLazy]) {
    for one in all.iter().take(SHOWN) {
        message::warning(Message::NotLazy, not_lazy(one));
    }
    if let Some(more @ 1..) = all.len().checked_sub(SHOWN) {
        let text = format_args!("{more} more symbols can't be lazy; --check lists all");
        message::warning(Message::NotLazy, text);
    }
}

/// What the GNU C library reserves for libraries that are loaded late.
const STATIC_TLS: u64 = 512;

fn warn_of_tls(report: &Report) {
    let size = report.static_tls();
    if size > STATIC_TLS {
        let text = format_args!(
            "the library needs {size} bytes of static thread-local storage; programs that load it late may need \
             GLIBC_TUNABLES=glibc.rtld.optional_static_tls={}",
            size + STATIC_TLS
        );
        message::warning(Message::StaticTls, text);
    }
}

fn note(all: &[Untyped]) {
    for one in all.iter().take(SHOWN) {
        message::note(Message::Untyped, one);
    }
    if let Some(more @ 1..) = all.len().checked_sub(SHOWN) {
        let text = format_args!("{more} more functions are not in the header");
        message::note(Message::Untyped, text);
    }
}

fn checked(report: &Report) -> String {
    let mut text = format!("{} functions can be lazy\n", report.functions());
    for one in report.not_lazy() {
        // Writing to a `String` does not fail.
        let _ = writeln!(text, "{}", not_lazy(one));
    }
    text
}

fn not_lazy(one: &NotLazy) -> String {
    format!("`{}` can't be lazy: it is {}", one.name(), one.why())
}

impl From<dlkm_stub::Error> for Failure {
    fn from(error: dlkm_stub::Error) -> Self {
        Failure::of(Message::Stub, error)
    }
}
