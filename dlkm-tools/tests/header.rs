//! `dlkm header` for a crate that declares interfaces, and for the image of a module.

mod common;

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output};

use dlkm_metadata::Metadata;

use common::{Sandbox, dependencies, driver, stderr};

const API: &str = r#"//! Two interfaces of ABI C, one of ABI Rust.
use dlkm_rt::{Interface, LoadError, module};

/// Has fields in an order that needs another one in C.
#[derive(Clone, Copy, Interface)]
#[repr(C)]
pub struct Outer {
    /// A keyword of C, and a type that comes later.
    pub default: [Inner; 2],
    /// A pointer to itself.
    pub next: *const Outer,
    /// A function.
    pub hook: Option<unsafe extern "C" fn(&mut Outer, f32) -> *mut *const u8>,
}

/// A pair.
#[derive(Clone, Copy, Interface)]
#[repr(C, align(16))]
pub struct Inner(pub u8, pub Name);

/// Another name.
#[derive(Clone, Copy, Interface)]
#[repr(transparent)]
pub struct Name(pub i16);

/// First.
#[module(name = "header-first", abi = "C")]
pub trait First {
    /// Of types.
    #[stub(or = nothing)]
    fn take(outer: &Outer, grid: &[[u8; 3]; 2]);
}

fn nothing(_: &Outer, _: &[[u8; 3]; 2]) {}

/// Second.
#[module(name = "header-second", abi = "C")]
pub trait Second {
    /// Of numbers.
    #[stub(or = zero)]
    fn zero(one: bool) -> i64;
}

fn zero(_: bool) -> i64 {
    0
}

/// Third.
#[module(name = "header-third")]
pub trait Third {
    /// Of Rust.
    #[stub]
    fn text() -> Result<String, LoadError>;
}
"#;

fn header(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_dlkm"));
    command.arg("header").args(arguments).output().unwrap()
}

#[test]
fn a_crate_gives_the_header_of_its_c_interfaces() {
    let sandbox = Sandbox::new("header");
    sandbox.package("header-api", &dependencies(&[]), API);
    let output = header(&sandbox, &["--package", "header-api"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "#ifndef DLKM_HEADER_FIRST_HEADER_SECOND_H\n",
        "    header_first_Inner default_[2];\n",
        "    const header_first_Outer *next;\n",
        "    const uint8_t **(*hook)(header_first_Outer *, float);\n",
        "    DLKM_ALIGNAS(16) uint8_t _0;\n",
        "typedef int16_t header_first_Name;\n",
        "void header_first_take(const header_first_Outer *, const uint8_t (*)[2][3]);\n",
        "int64_t header_second_zero(bool);\n",
        "        {1, 2, dlkm_interfaces, ",
        "        DLKM_STAYS_MAPPED(\"header-first::take\") \\\n",
    ] {
        assert!(text.contains(part), "{text}\ndoes not say {part:?}");
    }
    assert!(!text.contains("third"), "{text}");
    let before = |one: &str, other: &str| text.find(one) < text.find(other);
    assert!(before(
        "struct header_first_Inner {",
        "struct header_first_Outer {"
    ));

    let one = ["-p", "header-api", "-i", "header-second"];
    let text = String::from_utf8(header(&sandbox, &one).stdout).unwrap();
    assert!(
        text.contains("DLKM_HEADER_SECOND_H") && !text.contains("first"),
        "{text}"
    );
    let none = ["-p", "header-api", "-i", "header-third"];
    let output = header(&sandbox, &none);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.contains("no interface `header-third`; choose from: header-first, header-second"),
        "{text}"
    );
}

const ODD: &str = r#"//! Names that mean something else in C.
#![allow(non_snake_case, non_ascii_idents)]
use dlkm_rt::{Interface, module};

/// Fields that are keywords or macros.
#[derive(Clone, Copy, Interface)]
#[repr(C, align(16))]
pub struct Report {
    pub linux: u8,
    pub unix: u8,
    pub errno: i32,
    pub NULL: u8,
    pub stdin: u8,
    pub class: u8,
    pub r#type: u8,
    pub größe: Kind,
}

/// Values.
#[derive(Clone, Copy, Interface)]
#[repr(u8)]
pub enum Kind {
    /// A keyword of C++.
    Class,
}

/// Names.
#[module(name = "header-odd", abi = "C")]
pub trait Odd {
    /// A keyword of Rust.
    #[ustub(or = no)]
    fn r#type(report: &Report) -> u64;
    /// Beyond ASCII.
    #[ustub(or = nothing)]
    fn größe() -> u64;
    /// Another one.
    #[ustub(or = nothing)]
    fn gräße() -> u64;
}

fn no(_: &Report) -> u64 {
    0
}

fn nothing() -> u64 {
    0
}
"#;

const ODD_SOURCE: &str = r#"
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include "odd.h"
uint64_t header_odd_type(const header_odd_Report *report) { return report->linux_ + report->größe; }
uint64_t header_odd_größe(void) { return 1; }
uint64_t header_odd_gräße(void) { return 2; }
static int32_t load(const dlkm_hook_arg *arg) { dlkm_say(arg, "no"); return EIO; }
DLKM_MODULE("header-odd", "1.0.0", "odd", load, NULL);
"#;

#[test]
fn a_header_with_names_that_c_has_other_uses_for_compiles_as_c_and_as_cpp() {
    let sandbox = Sandbox::new("header-odd");
    sandbox.package("header-odd-api", &dependencies(&[]), ODD);
    let output = header(&sandbox, &["--package", "header-odd-api"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("odd.h"), &output.stdout).unwrap();
    let mut compiled = 0;
    for (compiler, name, options) in [
        ("cc", "odd.c", &["-std=gnu11", "-O0"][..]),
        ("cc", "odd.c", &["-std=c17", "-O2"]),
        ("c++", "odd.cpp", &["-std=c++17", "-O0"]),
        ("c++", "odd.cpp", &["-std=c++20", "-O2"]),
    ] {
        if Command::new(compiler).arg("--version").output().is_err() {
            let _ = writeln!(std::io::stderr(), "skipped: there is no `{compiler}`");
            continue;
        }
        fs::write(folder.path().join(name), ODD_SOURCE).unwrap();
        let output = Command::new(compiler)
            .current_dir(folder.path())
            .args([
                "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", "odd.so",
            ])
            .args(options)
            .arg(name)
            .output()
            .unwrap();
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        let image = Metadata::read(&folder.path().join("odd.so")).unwrap();
        assert_eq!(image.name(), "header-odd");
        let names: Vec<_> = image.interfaces()[0]
            .exports()
            .iter()
            .map(|one| one.name())
            .collect();
        assert_eq!(names, ["r#type", "größe", "gräße"]);
        compiled += 1;
    }
    eprintln!("{compiled} compiled");
}

#[test]
fn an_image_of_abi_rust_gives_no_header() {
    let sandbox = Sandbox::new("header-image");
    sandbox.module("header-rust", &driver("header-rust"));
    let installed = sandbox.build().root("root").run().unwrap();
    let file = installed[0].file.to_str().unwrap();
    let output = header(&sandbox, &[file]);
    assert_eq!(output.status.code(), Some(1));
    let text = stderr(&output);
    assert!(
        text.contains("the ABI of interface `header-rust` is not C"),
        "{text}"
    );
    let output = header(&sandbox, &["Cargo.toml"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert_eq!(header(&sandbox, &[]).status.code(), Some(2));
}

#[test]
fn an_error_of_the_build_is_printed_with_its_causes() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_dlkm"));
    command.current_dir(folder.path());
    let output = command.args(["header", "--package", "any"]).output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.contains("error: could not read the workspace at /"),
        "{text}"
    );
    assert!(text.contains("Caused by:\n  "), "{text}");
    assert!(text.contains("could not find `Cargo.toml`"), "{text}");
}
