//! Files that are no library that can be lazy, and places where nothing can be built: each is refused
//! with a message, and nothing is left behind.

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Lab, compile};
use dlkm_stub::StubLibrary;

const SOURCE: &str = "int first(void) { return 1; } int other(void) { return first(); }";

fn refused(file: &Path) -> String {
    match StubLibrary::of(file) {
        Ok(stub) => panic!("{stub:?}"),
        Err(error) => {
            let text = error.to_string();
            assert!(
                text.contains(file.file_name().unwrap().to_str().unwrap()),
                "{text}"
            );
            text
        }
    }
}

/// The library with bytes at a place replaced.
fn changed(lab: &Lab, at: usize, bytes: &[u8]) -> PathBuf {
    let mut data = fs::read(lab.path(common::SONAME)).unwrap();
    data[at..at + bytes.len()].copy_from_slice(bytes);
    lab.write("changed.so", data)
}

#[test]
fn files_that_are_no_libraries() {
    let lab = Lab::new();
    for (text, why) in [
        ("", "this is no ELF file"),
        (
            "/* GNU ld script */ INPUT(libc.so.6)",
            "this is no ELF file",
        ),
        ("\x7fELF", "this file is damaged: the header"),
    ] {
        let text = refused(&lab.write("file.so", text)).replace('\n', " ");
        assert!(text.contains(why), "{text}");
    }
    assert!(refused(&lab.path("missing.so")).contains("No such file"));
    assert!(refused(Path::new("libmissing-sample.so.9")).contains("name its path"));
    assert!(
        refused(
            Path::new("/")
                .join(lab.path("").file_name().unwrap())
                .as_path()
        )
        .contains("can't read")
    );

    let source = lab.write("main.c", "int main(void) { return 0; }");
    let program = lab.path("static");
    compile("cc", &["-static"], &[&source], &program);
    assert!(refused(&program).contains("this is no shared library"));
    compile("cc", &["-pie", "-rdynamic"], &[&source], &program);
    assert!(refused(&program).contains("this is no shared library"));
    let forbidden = lab.library_with(SOURCE, &["-Wl,-z,nodlopen"]);
    assert!(refused(&forbidden).contains("forbids dlopen"));
    let object = lab.path("object.o");
    compile("cc", &["-c"], &[&source], &object);
    assert!(refused(&object).contains("this is no shared library"));
}

#[test]
fn libraries_of_other_machines() {
    let lab = Lab::new();
    lab.library(SOURCE);
    // The machine's number is at 18, the class at 4, and the byte order at 5.
    for (at, bytes, name) in [
        (18, &[183, 0][..], "aarch64"),
        (18, &[243, 0], "riscv"),
        (18, &[9, 9], "the ELF machine 2313"),
        (4, &[1], "x32"),
    ] {
        let text = refused(&changed(&lab, at, bytes));
        assert!(text.contains(&format!("is for {name}")), "{text}");
    }
    let text = refused(&changed(&lab, 5, &[2]));
    assert!(text.contains("is for "), "{text}");
    let mut data = fs::read(lab.path(common::SONAME)).unwrap();
    data[4] = 1;
    data[18] = 3;
    assert!(refused(&lab.write("narrow.so", data)).contains("is for x86;"));
}

#[test]
fn libraries_without_functions() {
    let lab = Lab::new();
    let file = lab.library("const int constant = 1;");
    assert!(refused(&file).contains("exports no functions"));
    let script = lab.write("script", "{ local: *; };");
    let script = format!("-Wl,--version-script={}", script.display());
    let file = lab.library_with(SOURCE, &[&script]);
    let text = refused(&file);
    assert!(
        text.contains("no dynamic symbols") || text.contains("no functions"),
        "{text}"
    );
}

/// `strip` leaves what the dynamic linker needs. More than that is cut off here: the sections.
#[test]
fn stripped_libraries_are_as_good() {
    let lab = Lab::new();
    let library = lab.library(SOURCE);
    lab.program("int other(void); int main(void) { return other() - 1; }");
    let stripped = Command::new("strip").arg(&library).status().unwrap();
    assert!(stripped.success());
    lab.stub().build(lab.lazy()).unwrap();
    lab.run();
    let mut data = fs::read(&library).unwrap();
    // e_shoff, and e_shentsize, e_shnum and e_shstrndx.
    data[40..48].fill(0);
    data[58..64].fill(0);
    fs::write(&library, data).unwrap();
    lab.stub().build(lab.lazy()).unwrap();
    lab.run();
}

#[test]
fn names_that_clash() {
    let lab = Lab::new();
    let library = lab.library(SOURCE);
    let data = fs::read(&library).unwrap();
    let at = data
        .windows(7)
        .position(|window| window == b"\0other\0")
        .unwrap()
        + 1;
    let text = refused(&changed(&lab, at, b"first"));
    assert!(text.contains("exports `first` twice"), "{text}");

    // What the stub library itself calls, and its own names.
    for name in ["dlopen", "pread", "dlkm_stub_cold"] {
        let file = lab.library(&format!("int {name}(void) {{ return 1; }}"));
        let text = refused(&file);
        assert!(text.contains(&format!("itself calls `{name}`")), "{text}");
    }
    // What linkers define in each library is no part of its interface.
    let file = lab.library_with(
        "int _init(void) { return 1; } int function(void) { return 1; }",
        &["-nostartfiles"],
    );
    assert_eq!(
        StubLibrary::of(file).unwrap().check().unwrap().functions(),
        1
    );
    // An assembler can't write each name.
    let at = data
        .windows(7)
        .position(|window| window == b"\0other\0")
        .unwrap()
        + 1;
    lab.library(SOURCE);
    for name in [b"ot\"er", b"ot\ner", b"o@@er", b"5ther"] {
        let report = StubLibrary::of(changed(&lab, at, name))
            .unwrap()
            .check()
            .unwrap();
        assert_eq!(report.functions(), 1);
        assert_eq!(report.not_lazy()[0].why(), dlkm_stub::Why::Name);
    }
}

/// Whatever the stub library calls, a library that provides it is refused: its stub library would call
/// itself.
#[test]
fn libraries_that_the_stub_library_needs() {
    let lab = Lab::new();
    lab.library(SOURCE);
    let built = lab.stub().build(lab.lazy()).unwrap();
    let output = Command::new("readelf")
        .args(["--dyn-syms", "-W"])
        .arg(built.library())
        .output();
    let text = String::from_utf8(output.unwrap().stdout).unwrap();
    let names: Vec<&str> = text
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|words| words.len() >= 8 && words[6] == "UND")
        .map(|words| words[7].split('@').next().unwrap())
        .filter(|name| *name != "dlkm_stub_failed")
        .collect();
    assert!(
        names.contains(&"dlopen") && names.contains(&"pread"),
        "{names:?}"
    );
    for name in names {
        let file = lab.library_with(
            &format!("int {name}(void) {{ return 1; }}"),
            &["-w", "-fno-builtin", "-nostartfiles"],
        );
        let text = refused(&file);
        assert!(text.contains(&format!("itself calls `{name}`")), "{text}");
    }
}

#[test]
fn sonames_that_are_no_file_names() {
    let lab = Lab::new();
    for soname in ["a/b.so", "..", "/etc/passwd"] {
        let source = lab.write("library.c", SOURCE);
        let option = format!("-Wl,-soname,{soname}");
        let file = lab.path("library.so");
        compile("cc", &["-shared", "-fPIC", &option], &[&source], &file);
        let text = refused(&file);
        assert!(
            text.contains(&format!("can't write the name `{soname}`")),
            "{text}"
        );
    }
    // A comma would end a word of an option for the linker.
    let source = lab.write("library.c", SOURCE);
    let file = lab.path("library.so");
    let options = [
        "-shared",
        "-fPIC",
        "-Xlinker",
        "-soname",
        "-Xlinker",
        "a,b 'c.so",
    ];
    compile("cc", &options, &[&source], &file);
    let built = StubLibrary::of(&file).unwrap().build(lab.lazy()).unwrap();
    assert_eq!(
        built.library(),
        lab.lazy().canonicalize().unwrap().join("a,b 'c.so")
    );
}

/// Each prefix of a library, and the library with any of its bytes inverted: refused, or read.
#[test]
fn cut_and_flipped() {
    let lab = Lab::new();
    let script = lab.write("script", "V_1 { global: first; }; V_2 { } V_1;");
    let script = format!("-Wl,--version-script={}", script.display());
    let library = lab.library_with(SOURCE, &[&script, "-Wl,-z,noseparate-code"]);
    assert!(
        Command::new("strip")
            .arg(&library)
            .status()
            .unwrap()
            .success()
    );
    let data = fs::read(&library).unwrap();
    let file = lab.path("bad.so");
    let mut attempts = 0;
    let mut attempt = |data: &[u8]| {
        fs::write(&file, data).unwrap();
        if let Ok(stub) = StubLibrary::of(&file) {
            let stub = stub.for_program(&file);
            let _ = stub.check();
            attempts += 1;
            // With a compiler that does nothing: what is tried is all before it.
            if attempts % 50 == 0 {
                let error = stub.compiler("false").build(lab.lazy()).unwrap_err();
                assert!(!error.to_string().is_empty());
            }
        }
    };
    for length in (0..data.len()).step_by(41) {
        attempt(&data[..length]);
    }
    let mut read = data.clone();
    for at in 0..data.len() {
        for bits in [0xff, 0x01, 0x80] {
            // All of the headers and tables; of the rest, some.
            if at % 29 == 0 || at < 0x200 {
                read[at] = data[at] ^ bits;
                attempt(&read);
                read[at] = data[at];
            }
        }
    }
}

#[test]
fn options_that_are_wrong() {
    let lab = Lab::new();
    lab.library("int inflate(void) { return 1; } int deflate(void) { return 1; }");
    let error = lab.stub().weak("inflatte").build(lab.lazy()).unwrap_err();
    assert!(
        error
            .to_string()
            .ends_with("no function `inflatte`; did you mean `inflate`?")
    );
    let error = lab.stub().or("something_else", "1").check().unwrap_err();
    assert!(error.to_string().ends_with("no function `something_else`"));
    let error = lab.stub().or("inflate", "Z_ERROR").check().unwrap_err();
    assert!(error.to_string().contains("`Z_ERROR`"), "{error}");
    assert!(!lab.lazy().exists());
}

#[test]
fn without_a_compiler_or_a_place() {
    let lab = Lab::new();
    let library = lab.library(SOURCE);
    let error = lab
        .stub()
        .compiler("/nowhere/cc")
        .build(lab.lazy())
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("`/nowhere/cc`") && text.contains("name it in CC"),
        "{text}"
    );
    let error = lab
        .stub()
        .compiler("cc -no-such-option")
        .build(lab.lazy())
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("the compiler fails") && text.contains("-no-such-option"),
        "{text}"
    );

    let file = lab.write("file", "");
    for folder in [file.join("lazy"), file, PathBuf::from("/proc/lazy")] {
        let error = lab.stub().build(&folder).unwrap_err().to_string();
        assert!(
            error.contains(&format!("can't write {}", folder.display())),
            "{error}"
        );
    }
    // The folder of the library itself.
    let before = fs::read(&library).unwrap();
    let error = lab.stub().build(lab.path("")).unwrap_err().to_string();
    assert!(error.contains("exists and is no stub library"), "{error}");
    assert_eq!(fs::read(&library).unwrap(), before);
    let mut left: Vec<_> = fs::read_dir(lab.lazy())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["real"], "no half of a stub library");
}

#[test]
fn a_stub_library_of_a_stub_library() {
    let lab = Lab::new();
    lab.library(SOURCE);
    let built = lab.stub().build(lab.lazy()).unwrap();
    let text = refused(built.library());
    assert!(text.contains("a stub library already"), "{text}");
    // Again in the same place, from the original and from its copy.
    lab.stub().build(lab.lazy()).unwrap();
    let again = StubLibrary::of(built.real()).unwrap();
    again.build(lab.lazy()).unwrap();
    lab.program("int other(void); int main(void) { return other() - 1; }");
    lab.run();
}
