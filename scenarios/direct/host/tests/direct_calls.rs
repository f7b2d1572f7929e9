//! One program, three ways: its module is loaded, linked, or linked and called directly.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use object::{Object, ObjectSection, ObjectSymbol};
use scenario_bounded::Bounded;

const INTERFACES: &str = "numbers,guarded,raw";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("scenarios-direct")
}

/// Builds the host with these options, in a folder of its own: in a shared one, cargo would rebuild
/// what another list had built.
fn build(list: &str, options: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(["build", "--locked", "--quiet"])
        .args(["--package", "scenario-direct-host", "--target-dir"])
        .arg(folder().join("target"))
        .args(options)
        .env("DLKM_STATIC", list)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts")
}

/// A host that calls its module directly.
fn direct() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let built = build(INTERFACES, &["--features", "linked"]);
        assert!(built.status.success(), "{}", text(&built.stderr));
        let host = folder().join("direct");
        let file = folder().join("target/debug/scenario-direct-host");
        fs::copy(file, &host).expect("a copy");
        host
    })
}

/// A folder with the module's image.
fn root() -> &'static Path {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let root = folder().join("root");
        let build = dlkm_tools::Build::new(env!("CARGO_MANIFEST_DIR"))
            .package("scenario-direct")
            // Shared with other tests, so that the dependencies are compiled once.
            .target_dir(Path::new(env!("CARGO_TARGET_TMPDIR")).join("shared"))
            .root(&root)
            .quiet();
        build.run().expect("the module builds");
        root
    })
}

fn run(host: &Path, what: &str) -> Command {
    let mut command = Command::new(host);
    command.arg(what).env_remove("DIRECT_FAIL");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn printed(command: &mut Command) -> String {
    let output = command.bounded();
    let error = text(&output.stderr);
    assert!(output.status.success(), "{}: {error}", output.status);
    text(&output.stdout)
}

#[test]
fn a_module_called_directly_does_what_a_loaded_one_does() {
    let expected = "\
arithmetic: load
add: Some(5)
mix: 916259710
first: one
ready: Some(true)
divide: 3, 18446744073709551615
larger: 1
";
    let direct = printed(&mut run(direct(), "values"));
    let loaded = Path::new(env!("CARGO_BIN_EXE_scenario-direct-host"));
    let loaded = printed(run(loaded, "values").env("DIRECT_ROOT", root()));
    let (values, panics) = direct.split_at(direct.find("panic").expect("panics"));
    let (loaded, of_loaded) = loaded.split_at(loaded.find("panic").expect("panics"));
    assert_eq!(values, expected);
    assert_eq!(loaded, expected);
    // A panic that stays in one copy of std keeps its message. Where the interface has a panic
    // policy, the export adds the module.
    let larger = "panic: module `arithmetic`, function `raw::larger` panicked: equal\n";
    assert_eq!(panics, format!("panic: too large\n{larger}"));
    let add = "panic: module `arithmetic`, function `numbers::add` panicked: too large\n";
    assert_eq!(of_loaded, format!("{add}{larger}"));
}

#[test]
fn the_boot_runs_the_load_hook_of_a_module_that_is_called_directly() {
    let modules = printed(&mut run(direct(), "modules"));
    assert_eq!(modules, "arithmetic: load\narithmetic static loaded\n");
}

#[test]
fn a_hook_that_fails_fails_the_boot() {
    let output = run(direct(), "values").env("DIRECT_FAIL", "1").bounded();
    assert_eq!(output.status.code(), Some(1));
    let said = "boot: can't load module `arithmetic`: its load hook failed: no abacus\n";
    assert_eq!(text(&output.stdout), said);
}

#[test]
fn a_call_before_the_boot_reaches_the_module_without_its_hook() {
    let early = printed(&mut run(direct(), "early"));
    assert!(
        early.starts_with("before boot: 916259710\narithmetic: load\n"),
        "{early}"
    );
}

#[test]
fn without_its_module_the_program_is_not_linked() {
    let output = build(INTERFACES, &[]);
    assert!(!output.status.success());
    let error = text(&output.stderr);
    for function in ["numbers__mix", "guarded__divide", "raw__larger"] {
        let symbol = format!("dlkm_static__{function}__");
        assert!(error.contains(&symbol), "no {symbol} in: {error}");
    }
}

#[test]
fn a_list_with_something_else_than_names_is_refused() {
    // In a folder of its own, so that this list does not make the other tests rebuild.
    let elsewhere = folder().join("no-name");
    let output = Command::new(env!("CARGO"))
        .args([
            "check",
            "--locked",
            "--quiet",
            "--package",
            "dlkm-macros",
            "--target-dir",
        ])
        .arg(elsewhere)
        .env("DLKM_STATIC", "numbers;raw")
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo starts");
    assert!(!output.status.success());
    let error = text(&output.stderr);
    assert!(
        error.contains("DLKM_STATIC: `numbers;raw` is not the name of an interface"),
        "{error}"
    );
}

/// In the optimised build the module's function is inlined into its caller.
#[test]
fn with_lto_the_callers_machine_code_is_that_of_the_function() {
    let lto = [
        "--release",
        "--features",
        "linked",
        "--config",
        "profile.release.lto=\"thin\"",
    ];
    let built = build(INTERFACES, &lto);
    assert!(built.status.success(), "{}", text(&built.stderr));
    let file = fs::read(folder().join("target/release/scenario-direct-host")).expect("the host");
    let file = object::File::parse(&*file).expect("an ELF file");
    let mut symbols = file.symbols();
    let mix = symbols.find(|symbol| symbol.name() == Ok("mix"));
    let mix = mix.expect("the caller");
    let section = mix.section_index().expect("a section");
    let section = file.section_by_index(section).expect("its section");
    let code = section
        .data_range(mix.address(), mix.size())
        .expect("the section's bytes")
        .expect("the caller's code");
    // The code has the function's constant. It has no call or jump through memory or a register
    // (FF /2 and /4), and none to another address (E8, E9).
    assert!(
        contains(code, &0x1234_5678_u32.to_le_bytes()),
        "{code:02x?}"
    );
    assert!(code.len() < 40, "{code:02x?}");
    for opcode in [0xFF, 0xE8, 0xE9] {
        assert!(!code.contains(&opcode), "{opcode:02x} in {code:02x?}");
    }
}

fn contains(code: &[u8], part: &[u8]) -> bool {
    code.windows(part.len()).any(|window| window == part)
}
