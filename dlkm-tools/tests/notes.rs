//! A host says in its notes which modules it may load: readelf shows them, a JSON parser reads them,
//! and `dlkm info` prints them.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::{Sandbox, dependencies, stderr};

const API: &str = r#"//! Two interfaces.
use dlkm_rt::{LoadError, module};

/// Adds "numbers" \ and
/// more.
///
/// Not this.
#[module(name = "note-adder")]
pub trait Adder {
    /// The sum.
    #[stub]
    fn add(a: u64, b: u64) -> Result<u64, LoadError>;
    /// Nothing.
    #[wstub(or = nothing)]
    fn forget();
}

#[module(name = "note-hint")]
pub trait Hint {
    /// Nothing.
    #[wstub(or = nothing)]
    fn hint();
}

fn nothing() {}
"#;

const DRIVER: &str = r#"//! Adds.
pub struct Driver;

#[dlkm_rt::module(desc = "adds")]
impl note_api::Adder for Driver {
    fn add(a: u64, b: u64) -> Result<u64, dlkm_rt::LoadError> {
        Ok(a + b)
    }
    fn forget() {}
}
"#;

const HOST: &str = r#"//! Host.
fn main() {
    dlkm_rt::Kernel::boot(dlkm_rt::ModuleRoot::none()).unwrap();
    note_api::note_hint::hint();
    println!("{:?}", note_api::note_adder::add(1, 2).is_ok());
}
"#;

const ADDER: &str = r#"  note-adder.so (recommended, for note-adder): Adds "numbers" \ and more."#;
const HINT: &str =
    "  note-hint.so (suggested, for note-hint): The module behind the interface note-hint";

const TARGET: &str = "x86_64-unknown-linux-gnu";

/// The host as cargo builds it by default.
fn plain(sandbox: &Sandbox) -> PathBuf {
    built(sandbox.command(env!("CARGO")).arg("build"), &[]);
    Sandbox::target().join("debug/note-host")
}

/// The host without a symbol, and with all optimisations of the linker.
///
/// A profile would compile everything anew, the macros and what they depend on included. So the
/// libraries are those of the default build plus the bitcode that the linker's optimisations need. For
/// a target by name, the flags are not those of the macros.
fn stripped(sandbox: &Sandbox) -> PathBuf {
    let mut cargo = sandbox.command(env!("CARGO"));
    cargo.args(["rustc", "--bin", "note-host", "--target", TARGET]);
    cargo.env("RUSTFLAGS", "-C embed-bitcode=yes");
    let flags = ["opt-level=s", "lto=fat", "codegen-units=1", "strip=symbols"];
    built(&mut cargo, &flags);
    Sandbox::target().join(TARGET).join("debug/note-host")
}

fn built(cargo: &mut Command, flags: &[&str]) {
    cargo.args(["--offline", "--quiet", "--package", "note-host"]);
    if !flags.is_empty() {
        cargo.arg("--");
        cargo.args(flags.iter().flat_map(|flag| ["-C", flag]));
    }
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

fn workspace() -> Sandbox {
    let sandbox = Sandbox::new("notes");
    sandbox.package("note-api", &dependencies(&[]), API);
    sandbox.package("note-adder", &dependencies(&["note-api"]), DRIVER);
    sandbox.package("note-host", &dependencies(&["note-api"]), "//! Host.\n");
    sandbox.write("crates/note-host/src/main.rs", HOST);
    sandbox
}

fn readelf(option: &str, file: &Path) -> String {
    let mut readelf = Command::new("readelf");
    let output = readelf.args(["--wide", option]).arg(file).output().unwrap();
    // It warns of what it finds odd. (Its exit code is 1 if it does not know a type, as those before
    // 2.43 don't know this one.)
    assert_eq!(stderr(&output), "");
    String::from_utf8(output.stdout).unwrap()
}

fn info(file: &Path) -> Output {
    let mut dlkm = Command::new(env!("CARGO_BIN_EXE_dlkm"));
    dlkm.arg("info").arg(file).output().unwrap()
}

#[test]
fn the_notes_of_a_host_name_the_modules_that_it_may_load() {
    let sandbox = workspace();
    for host in [plain(&sandbox), stripped(&sandbox)] {
        let notes = readelf("--notes", &host);
        let (_, ours) = notes.split_once(".note.dlopen").expect("the section");
        assert_eq!(ours.matches("FDO").count(), 2, "{notes}");
        let shows = ours.contains("0x407c0c0a") || ours.contains("note-adder.so");
        assert!(shows, "{notes}");

        // Each line is `[ offset]  text`.
        let texts = readelf("--string-dump=.note.dlopen", &host);
        let texts = texts
            .lines()
            .filter_map(|line| Some(&line[line.find("[{")?..]));
        let mut found = Vec::new();
        for text in texts {
            let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
            found.push(value);
        }
        found.sort_by_key(|value| value[0]["feature"].to_string());
        let expected = serde_json::json!([
            [{
                "feature": "note-adder",
                "description": "Adds \"numbers\" \\ and more.",
                "priority": "recommended",
                "soname": ["note-adder.so"],
            }],
            [{
                "feature": "note-hint",
                "description": "The module behind the interface note-hint",
                "priority": "suggested",
                "soname": ["note-hint.so"],
            }],
        ]);
        assert_eq!(serde_json::Value::Array(found), expected);

        let output = info(&host);
        assert!(output.status.success(), "{}", stderr(&output));
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines: Vec<&str> = text.lines().collect();
        lines[1..].sort_unstable();
        assert_eq!(lines, ["may load", ADDER, HINT]);
    }

    // The image leaves out its own interface, and has the other one.
    let installed = sandbox.build().package("note-adder").run().unwrap();
    let output = info(&installed[0].file);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.starts_with("module note-adder 0.3.1\n"), "{text}");
    assert!(text.ends_with(&format!("may load\n{HINT}\n")), "{text}");
    assert_eq!(stderr(&output), "");

    // A damaged note does not hide the module.
    let mut bytes = fs::read(&installed[0].file).unwrap();
    let at = bytes.windows(3).position(|part| part == b"[{\"").unwrap();
    bytes[at] = b'!';
    let damaged = sandbox.dir.join("damaged.so");
    fs::write(&damaged, bytes).unwrap();
    let output = info(&damaged);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.starts_with("module note-adder"),
        "{text}"
    );
    let error = stderr(&output);
    assert!(
        error.contains("damaged.so: a note `.note.dlopen` is left out: no JSON"),
        "{error}"
    );
}

/// What the system's own programs say, if they say anything.
#[test]
fn any_elf_file_is_read() {
    let output = info(Path::new(env!("CARGO_BIN_EXE_dlkm")));
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("not a module"),
        "{}",
        stderr(&output)
    );
    for file in [
        "/usr/lib/x86_64-linux-gnu/libsystemd.so.0",
        "/usr/lib/systemd/systemd",
        "/usr/lib/systemd/libsystemd-shared.so",
        "/usr/bin/readelf",
    ] {
        let file = Path::new(file);
        if !file.exists() {
            continue;
        }
        let output = info(file);
        let has_notes = readelf("--section-headers", file).contains(".note.dlopen");
        assert_eq!(output.status.success(), has_notes, "{}", file.display());
        let text = String::from_utf8_lossy(&output.stdout);
        assert_eq!(text.starts_with("may load\n"), has_notes, "{text}");
    }
}
