//! The real library is another one than that from which the stub library was made, or can't be loaded.

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use common::{Lab, aborted, compile, succeeded};

const OLDER: &str = "int value(void) { return 1; }";
const NEWER: &str = "int value(void) { return 2; } int more(void) { return 3; }";
const PROGRAM: &str = "
    #include <stdio.h>
    int value(void);
    int main(void) { printf(\"%d\", value()); }";

/// A stub library, and a function that puts another library into the place of the real one.
fn lab(source: &str, options: &[&str]) -> (Lab, PathBuf) {
    let lab = Lab::new();
    lab.library_with(source, options);
    lab.program(PROGRAM);
    let built = lab.stub().build(lab.lazy()).unwrap();
    lab.run();
    (lab, built.real().to_owned())
}

fn refused(lab: &Lab, cause: &str) {
    let said = aborted(lab.command().output().unwrap());
    let line = said.lines().find(|line| line.contains("cause:"));
    let line = line.unwrap_or_else(|| panic!("{said}"));
    assert!(line.contains(cause), "{said}");
    assert!(said.contains("for the function `value`"), "{said}");
}

#[test]
fn older_and_newer_builds() {
    for options in [&[][..], &["-Wl,--build-id=none"]] {
        for (was, is) in [(OLDER, NEWER), (NEWER, OLDER)] {
            let (lab, real) = lab(was, options);
            let other = lab.library_with(is, options);
            fs::copy(other, &real).unwrap();
            match options.is_empty() {
                true => refused(&lab, "another build of the library: its build ID is "),
                false => refused(
                    &lab,
                    "is not the library that the stub library was made from",
                ),
            }
        }
    }
}

/// A build ID has appeared or is gone, or the library is of the same size, with a function elsewhere.
#[test]
fn builds_without_a_build_id() {
    let none = "-Wl,--build-id=none";
    let (with, real) = lab(OLDER, &["-Wl,--build-id"]);
    fs::copy(with.library_with(OLDER, &[none]), real).unwrap();
    refused(&with, "its build ID is missing");
    let (without, real) = lab(OLDER, &[none]);
    fs::copy(without.library_with(OLDER, &["-Wl,--build-id"]), real).unwrap();
    refused(&without, "made from a file without one");

    let two = |first, second| {
        format!("int {first}(void) {{ return 1; }} int {second}(void) {{ return 20; }}")
    };
    let (moved, real) = lab(&two("value", "other"), &[none]);
    let before = fs::metadata(&real).unwrap().len();
    fs::copy(moved.library_with(&two("other", "value"), &[none]), &real).unwrap();
    assert_eq!(fs::metadata(&real).unwrap().len(), before);
    refused(&moved, "is not the library");
}

#[test]
fn missing_damaged_or_the_stub_library_itself() {
    let (lab, real) = lab(OLDER, &[]);
    let stub = lab.lazy().join(common::SONAME);
    fs::remove_file(&real).unwrap();
    refused(&lab, "No such file or directory");
    std::os::unix::fs::symlink(&stub, &real).unwrap();
    refused(&lab, "the file is a stub library itself");
    fs::remove_file(&real).unwrap();
    fs::copy(&stub, &real).unwrap();
    refused(&lab, "the file is a stub library itself");
    fs::write(&real, "").unwrap();
    refused(&lab, "its build ID is missing");
    fs::remove_file(&real).unwrap();
    fs::create_dir(&real).unwrap();
    refused(&lab, "its build ID is missing");
    let output = lab.command().env("DLKM_STUB", "eager").output().unwrap();
    let said = aborted(output);
    assert!(
        said.contains("at the start, as DLKM_STUB=eager asks"),
        "{said}"
    );
}

/// The message needs little of the stack: the thread has the smallest that there is.
#[test]
fn a_small_stack_has_room_for_the_message() {
    let lab = Lab::new();
    lab.library(OLDER);
    lab.program(
        "#include <pthread.h>
        #include <stdlib.h>
        #include <unistd.h>
        int value(void);
        static void *call(void *unused) { value(); return unused; }
        int main(void) {
            pthread_t thread;
            pthread_attr_t small;
            pthread_attr_init(&small);
            pthread_attr_setstacksize(&small, sysconf(_SC_THREAD_STACK_MIN));
            pthread_create(&thread, &small, call, 0);
            pthread_join(thread, 0);
        }",
    );
    let built = lab.stub().build(lab.lazy()).unwrap();
    fs::remove_file(built.real()).unwrap();
    refused(&lab, "No such file");
}

/// Its build ID is right, and a library that it needs is missing.
#[test]
fn a_library_that_the_real_one_needs_is_missing() {
    let lab = Lab::new();
    let source = lab.write("needed.c", "int needed(void) { return 4; }");
    let needed = lab.path("libneeded.so");
    let folder = lab.path("");
    let folder = folder.to_str().unwrap();
    compile(
        "cc",
        &["-shared", "-fPIC", "-Wl,-soname,libneeded.so"],
        &[&source],
        &needed,
    );
    lab.library_with(
        "int needed(void); int value(void) { return needed(); }",
        &["-L", folder, "-lneeded"],
    );
    lab.write("lazy/libneeded.so", fs::read(&needed).unwrap());
    lab.program_with(PROGRAM, &["-Wl,--allow-shlib-undefined"]);
    lab.stub().build(lab.lazy()).unwrap();
    assert_eq!(lab.run(), "4");
    fs::remove_file(lab.lazy().join("libneeded.so")).unwrap();
    refused(&lab, "libneeded.so: cannot open shared object file");
}

/// In the folder of its copy, the real library would not find what is beside the original.
#[test]
fn a_library_that_looks_beside_itself() {
    let lab = Lab::new();
    let source = lab.write("needed.c", "int needed(void) { return 4; }");
    let needed = lab.write("beside/libneeded.so", "");
    let name = "-Wl,-soname,libneeded.so";
    compile("cc", &["-shared", "-fPIC", name], &[&source], &needed);
    let beside = lab.path("beside");
    for option in ["-Wl,--enable-new-dtags", "-Wl,--disable-new-dtags"] {
        lab.library_with(
            "int needed(void); int value(void) { return needed(); }",
            &[
                "-L",
                beside.to_str().unwrap(),
                "-lneeded",
                "-Wl,-rpath,$ORIGIN/beside",
                option,
            ],
        );
        lab.program_with(PROGRAM, &["-Wl,--allow-shlib-undefined"]);
        let error = lab.stub().build(lab.lazy()).unwrap_err().to_string();
        assert!(error.contains("beside itself ($ORIGIN)"), "{error}");
        lab.stub().without_copy().build(lab.lazy()).unwrap();
        assert_eq!(lab.run(), "4");
    }
}

/// Two stub libraries whose real libraries need each other's functions: each is loaded when it is first
/// called, and the one's need is met by the other's stub library.
#[test]
fn stub_libraries_behind_each_other() {
    let lab = Lab::new();
    let folder = lab.path("");
    let folder = folder.to_str().unwrap();
    let back = lab.write("back.c", "int back(void) { return 40; }");
    let file = lab.path("libback.so");
    compile(
        "cc",
        &["-shared", "-fPIC", "-Wl,-soname,libback.so"],
        &[&back],
        &file,
    );
    lab.library_with(
        "int back(void); int value(void) { return back() + 2; }",
        &["-L", folder, "-lback"],
    );
    lab.program_with(PROGRAM, &["-L", folder, "-lback", "-Wl,--no-as-needed"]);
    lab.stub().build(lab.lazy()).unwrap();
    dlkm_stub::StubLibrary::of(&file)
        .unwrap()
        .build(lab.lazy())
        .unwrap();
    assert_eq!(lab.run(), "42");
}

/// In a set-uid program the variable DLKM_STUB does nothing, and the real library is found without
/// variables.
#[test]
fn set_uid_programs() {
    use std::os::unix::fs::PermissionsExt;

    let lab = Lab::new();
    lab.library(
        "#include <stdio.h>
        __attribute__((constructor)) static void start(void) { printf(\"loaded \"); }
        int value(void) { return 7; }",
    );
    let lazy = lab.lazy();
    let rpath = format!("-Wl,-rpath,{}", lazy.display());
    let program = lab.program_with(
        "#include <stdio.h>
        #include <sys/auxv.h>
        int value(void);
        int main(void) { printf(\"secure %ld \", getauxval(AT_SECURE)); printf(\"%d\", value()); }",
        &[&rpath],
    );
    lab.stub().build(&lazy).unwrap();
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .env("DLKM_STUB", "eager");
    let output = command
        .output()
        .ok()
        .filter(|output| output.status.success());
    let Some(output) = output else {
        return skip("this user can't run a program as another user");
    };
    assert_eq!(succeeded(output), "loaded secure 0 7");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o4755)).unwrap();
    let said = succeeded(command.output().unwrap());
    if said.contains("secure 0") {
        return skip("set-uid programs have no effect in this folder");
    }
    assert_eq!(said, "secure 1 loaded 7");
}

fn skip(why: &str) {
    use std::io::Write;

    // Not captured, as a test that passes prints nothing.
    let _ = writeln!(std::io::stderr(), "set_uid_programs is skipped: {why}");
}
