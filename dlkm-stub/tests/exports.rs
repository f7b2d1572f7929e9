//! A stub library exports what the real library exports, in the same versions.

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Lab, compile};
use dlkm_stub::{StubLibrary, Why};

/// Name and version of each exported symbol, and its type and binding, as `readelf` says them.
fn exports(library: &Path) -> BTreeMap<String, String> {
    let output = Command::new("readelf")
        .args(["--dyn-syms", "--wide"])
        .arg(library)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| line.split_whitespace().collect());
    lines
        .filter(|words: &Vec<_>| words.len() >= 8 && words[0] != "Num:" && words[6] != "UND")
        .map(|words| (words[7].to_owned(), format!("{} {}", words[3], words[4])))
        .collect()
}

/// The version nodes and those they follow, as `readelf` says them.
fn nodes(library: &Path) -> Vec<String> {
    let output = Command::new("readelf")
        .args(["--version-info", "--wide"])
        .arg(library)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let definitions = text.split("Version needs section").next().unwrap();
    let names = definitions.lines().filter_map(|line| {
        let (before, name) = line.rsplit_once(": ")?;
        let is_name = before.ends_with("Name") || before.contains("Parent");
        (is_name && !line.contains("Flags: BASE")).then(|| name.trim().to_owned())
    });
    names.collect()
}

/// Of this machine's libraries, those that are there.
#[test]
fn libraries_of_the_system() {
    let lab = Lab::new();
    let mut compared = 0;
    for name in ["libz.so.1", "libm.so.6", "libgcc_s.so.1", "libstdc++.so.6"] {
        let Ok(stub) = StubLibrary::of(name) else {
            continue;
        };
        let built = stub.build(lab.lazy()).unwrap();
        let real = exports(built.real());
        let mut made = exports(built.library());
        let mut functions = 0;
        for (symbol, what) in &real {
            let is_function = ["FUNC", "IFUNC"].contains(&what.split(' ').next().unwrap());
            let of_linker = ["_init", "_fini"].contains(&symbol.as_str());
            if is_function && !of_linker {
                functions += 1;
                let expected = what.replace("IFUNC", "FUNC");
                assert_eq!(made.remove(symbol), Some(expected), "{name}: {symbol}");
            }
        }
        made.retain(|_, what| what != "OBJECT GLOBAL");
        assert!(made.is_empty(), "{name}: {made:?}");
        assert_eq!(nodes(built.library()), nodes(built.real()), "{name}");
        assert_eq!(built.report().functions(), functions, "{name}");
        compared += 1;
    }
    assert!(
        compared >= 2,
        "the C compiler itself needs libm and libgcc_s"
    );
}

/// The library has a symbol in an old and in a new version, one without a version, and a node without
/// symbols.
const VERSIONED: &str = "
    int old_value(void) { return 1; } int new_value(void) { return 2; }
    __asm__(\".symver old_value, value@V_1\");
    __asm__(\".symver new_value, value@@V_2\");
    int only_old(void) { return 3; }
    __asm__(\".symver only_old, gone@V_1\");
    int plain(void) { return 4; }
    __attribute__((weak)) int weak(void) { return 5; }";
const SCRIPT: &str = "V_1 { }; V_2 { } V_1; V_EMPTY { } V_2;";

#[test]
fn two_versions_of_one_function() {
    let lab = Lab::new();
    let script = lab.write("script", SCRIPT);
    let script = format!("-Wl,--version-script={}", script.display());
    lab.library_with(VERSIONED, &[&script]);
    lab.program(
        "#include <stdio.h>
        int value(void); int old(void); int gone(void); int plain(void); int weak(void);
        __asm__(\".symver old, value@V_1\"); __asm__(\".symver gone, gone@V_1\");
        int main(void) { printf(\"%d %d %d %d %d\", value(), old(), gone(), plain(), weak()); }",
    );
    let built = lab.stub().build(lab.lazy()).unwrap();
    let with_real = lab.command().env("LD_LIBRARY_PATH", lab.path("")).output();
    assert_eq!(lab.run(), common::succeeded(with_real.unwrap()));
    assert_eq!(lab.run(), "2 1 3 4 5");
    let made = exports(built.library());
    for symbol in ["value@V_1", "value@@V_2", "gone@V_1", "plain"] {
        assert_eq!(made[symbol], "FUNC GLOBAL", "{made:?}");
    }
    assert_eq!(made["weak"], "FUNC WEAK");
    assert_eq!(
        nodes(built.library()),
        ["V_1", "V_2", "V_1", "V_EMPTY", "V_2"]
    );
}

/// Some linkers write a symbol with a default version and without a version. Here the version of an old
/// symbol is taken from it.
#[test]
fn a_function_with_and_without_a_version() {
    let lab = Lab::new();
    let script = lab.write("script", SCRIPT);
    let script = format!("-Wl,--version-script={}", script.display());
    let library = lab.library_with(VERSIONED, &[&script]);
    let mut data = fs::read(&library).unwrap();
    let output = Command::new("readelf")
        .args(["-SW"])
        .arg(&library)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let line = text.lines().find(|line| line.contains("VERSYM")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = words.iter().position(|word| *word == "VERSYM").unwrap() + 2;
    let start = usize::from_str_radix(words[place], 16).unwrap();
    let length = usize::from_str_radix(words[place + 1], 16).unwrap();
    // The oldest version is hidden; there are two symbols of it.
    let mut changed = 0;
    for at in (start..start + length).step_by(2) {
        if data[at..at + 2] == [2, 0x80] {
            data[at..at + 2].copy_from_slice(&[1, 0]);
            changed += 1;
        }
    }
    assert_eq!(changed, 2);
    fs::write(&library, data).unwrap();
    let report = lab.stub().check().unwrap();
    let found: Vec<_> = report
        .not_lazy()
        .iter()
        .map(|one| (one.name(), one.why()))
        .collect();
    assert_eq!(found, [("value", Why::Unversioned)]);
    let made = exports(lab.stub().build(lab.lazy()).unwrap().library());
    let names: Vec<_> = made
        .keys()
        .map(String::as_str)
        .filter(|name| name.split('@').next() == Some("value"))
        .collect();
    assert_eq!(names, ["value@@V_2"]);
    assert!(made.contains_key("gone"));
}

#[test]
fn variables_are_reported_and_refused_for_programs_that_read_them() {
    let lab = Lab::new();
    lab.library(
        "int function(void) { return 1; } int variable = 2; const char constant[] = \"3\";
        __thread int of_thread = 4;",
    );
    let report = lab.stub().check().unwrap();
    let found: Vec<_> = report
        .not_lazy()
        .iter()
        .map(|one| (one.name(), one.why()))
        .collect();
    assert_eq!(
        found,
        [
            ("constant", Why::Variable),
            ("of_thread", Why::ThreadLocal),
            ("variable", Why::Variable)
        ]
    );
    assert_eq!(report.functions(), 1);

    let calls = lab.program("int function(void); int main(void) { return function() - 1; }");
    let calls = fs::copy(calls, lab.path("calls"))
        .map(|_| lab.path("calls"))
        .unwrap();
    lab.stub().for_program(&calls).check().unwrap();
    // By a copy relocation, by the global offset table, and thread-local.
    for (source, options, name) in [
        (
            "extern int variable; int main(void) { return variable - 2; }",
            "-no-pie",
            "variable",
        ),
        (
            "extern char constant[]; int main(void) { return *constant - '3'; }",
            "-fPIC",
            "constant",
        ),
        (
            "extern __thread int of_thread; int main(void) { return of_thread - 4; }",
            "-fPIC",
            "of_thread",
        ),
    ] {
        let program = lab.program_with(source, &[options]);
        let stub = lab.stub().for_program(&calls).for_program(&program);
        let error = stub.build(lab.lazy()).unwrap_err().to_string();
        assert!(error.contains(&format!("`{name}` is a ")), "{error}");
        assert!(error.contains(program.to_str().unwrap()), "{error}");
        assert_eq!(error.lines().count(), 2, "{error}");
        assert!(!lab.lazy().exists());
    }
}

/// The program itself only calls. But the dynamic linker would not start it with the stub library.
#[test]
fn a_library_that_is_loaded_with_a_program_may_read_variables_too() {
    let lab = Lab::new();
    let real = lab.library("int function(void) { return 1; } int variable = 2;");
    let source = "extern int variable; int read(void) { return variable; }";
    let source = lab.write("reads.c", source);
    let reads = lab.path("libreads.so");
    compile("cc", &["-shared", "-fPIC"], &[&source, &real], &reads);
    let folder = reads.parent().unwrap().to_str().unwrap();
    let program = lab.program_with(
        "int function(void); int read(void); int main(void) { return function() + read() - 3; }",
        &[reads.to_str().unwrap(), &format!("-Wl,-rpath,{folder}")],
    );
    let error = lab.stub().for_program(&program).check().unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "{}, which {} loads, can't use a stub library:\n  `variable` is a variable",
            reads.display(),
            program.display()
        )
    );

    // A library that only calls is no reason.
    let source = lab.write(
        "reads.c",
        "int function(void); int read(void) { return 1 + function(); }",
    );
    compile("cc", &["-shared", "-fPIC"], &[&source, &real], &reads);
    lab.stub().for_program(&program).build(lab.lazy()).unwrap();
    lab.run();
}

/// With each linker that is there: names and versions, and a call.
#[test]
fn other_linkers() {
    let lab = Lab::new();
    let script = lab.write("script", SCRIPT);
    let script = format!("-Wl,--version-script={}", script.display());
    lab.library_with(VERSIONED, &[&script]);
    lab.program("int value(void); int main(void) { return value() - 2; }");
    let expected = exports(lab.stub().build(lab.lazy()).unwrap().library());
    for linker in ["gold", "lld"] {
        let compiler = format!("cc -fuse-ld={linker}");
        let probe = Command::new("cc")
            .args([&format!("-fuse-ld={linker}"), "-Wl,--version"])
            .output();
        if !probe.unwrap().status.success() {
            continue;
        }
        let built = lab.stub().compiler(&compiler).build(lab.lazy()).unwrap();
        let mut made = exports(built.library());
        // Some linkers also write symbols for nodes, and for ends of segments.
        let mut expected = expected.clone();
        for all in [&mut made, &mut expected] {
            all.retain(|_, what| what.starts_with("FUNC"));
        }
        assert_eq!(made, expected, "{linker}");
        lab.run();
    }
}

/// What the stub library says of itself: notes for tools, protected branches, a stack that is not
/// executable, no writable code, and nothing exported that the real library does not export.
#[test]
fn notes_and_segments() {
    let lab = Lab::new();
    lab.library("int function(void) { return 1; }");
    let built = lab.stub().build(lab.lazy()).unwrap();
    let names: Vec<_> = exports(built.library()).into_keys().collect();
    assert_eq!(names, ["function"]);
    let output = Command::new("readelf")
        .args(["--notes", "--segments", "--dynamic", "--wide"])
        .arg(built.library())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "x86 feature: IBT, SHSTK",
        "GNU_STACK",
        "0x407c0c0a",
        "[libsample.so.1]",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    for part in ["RWE", "TEXTREL"] {
        assert!(!text.contains(part), "{text}");
    }
    let bytes = fs::read(built.library()).unwrap();
    let json = r#"[{"feature":"libsample.so.1","description":"The library behind the stub library","priority":"required","soname":["libsample.so.1"]}]"#;
    assert!(
        bytes
            .windows(json.len())
            .any(|window| window == json.as_bytes())
    );
}
