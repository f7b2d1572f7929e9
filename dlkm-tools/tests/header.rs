//! `dlkm header` for a crate that declares interfaces, and for the image of a module.

mod common;

use std::process::{Command, Output};

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
        "    _Alignas(16) uint8_t _0;\n",
        "typedef int16_t header_first_Name;\n",
        "void header_first_take(const header_first_Outer *, const uint8_t (*)[2][3]);\n",
        "int64_t header_second_zero(bool);\n",
        "{1, 2, dlkm_interfaces, ",
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
