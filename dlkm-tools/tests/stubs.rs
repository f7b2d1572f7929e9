//! `cargo dlkm build --stubs`, and what `dlkm` says of a stub module.

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use common::{RUNTIME, Sandbox, dependencies, driver, stderr};

const API: &str = r#"//! Two interfaces of ABI C, one of ABI Rust.
use dlkm_rt::{LoadError, module};

/// Weighs.
#[module(name = "stub-scale", abi = "C")]
pub trait Scale {
    /// The weight.
    #[stub(or = no_weight)]
    fn scale_weigh(stones: u32) -> i64;
}

fn no_weight(_: u32) -> i64 {
    -1
}

/// Rings.
#[module(name = "stub-bell", abi = "C")]
pub trait Bell {
    /// How often it rang.
    #[wstub(or = no_bell)]
    fn bell_rings() -> u32;
}

fn no_bell() -> u32 {
    0
}

/// C can't call it.
#[module(name = "stub-rust")]
pub trait Rust {
    /// A text.
    #[stub]
    fn text() -> Result<String, LoadError>;
}
"#;

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn dlkm(sandbox: &Sandbox, arguments: &[&str]) -> Output {
    let mut command = sandbox.command(env!("CARGO_BIN_EXE_dlkm"));
    let home = sandbox.dir.join("home");
    command
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &home)
        .env_remove("DLKM_ROOT");
    command.args(arguments).output().unwrap()
}

#[test]
fn each_c_interface_of_a_package_gets_a_stub_module() {
    let sandbox = Sandbox::new("stubs");
    sandbox.package("stubs-api", &dependencies(&[]), API);
    let build = [
        "build",
        "--stubs",
        "-p",
        "stubs-api",
        "--root",
        "out/modules",
    ];
    let output = sandbox.cargo_dlkm(&build);
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    for module in ["stub-bell_stub", "stub-scale_stub"] {
        let line = format!("   Installed {module} 0.3.1 (out/modules/{module}.so)\n");
        assert!(said.contains(&line), "{said}");
    }
    let out = sandbox.dir.join("out");
    let mut files: Vec<_> = [out.as_path(), &out.join("modules")]
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort_unstable();
    let expected = [
        "libdlkm_kernel.so",
        "libstub-bell_stub.so",
        "libstub-scale_stub.so",
        "modules",
        "stub-bell_stub.so",
        "stub-scale_stub.so",
    ];
    assert_eq!(files, expected);
    let link = out.join("libstub-bell_stub.so");
    assert_eq!(
        fs::read_link(&link).unwrap(),
        Path::new("modules/stub-bell_stub.so")
    );

    // Nothing is touched that did not change.
    let times = || {
        ["libdlkm_kernel.so", "modules/stub-bell_stub.so"]
            .map(|file| fs::metadata(out.join(file)).unwrap().modified().unwrap())
    };
    let before = times();
    let said = stderr(&sandbox.cargo_dlkm(&build));
    assert_eq!(said.matches("   Unchanged ").count(), 2, "{said}");
    assert_eq!(times(), before);

    let info = dlkm(&sandbox, &["info", "out/modules/stub-scale_stub.so"]);
    let said = text(&info);
    for line in [
        "  about    Autoload stub for the stub-scale DLKM\n",
        "  stubs of stub-scale\n",
        "  states   loaded static\n",
        "  phases   boot1 init\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let why = text(&dlkm(
        &sandbox,
        &["why", "--root", "out/modules", "stub-scale_stub"],
    ));
    let line = "  it has the stubs of `stub-scale`, which a call of one loads\n";
    assert!(why.contains(line), "{why}");
}

/// In a default root, `cargo dlkm build` names images that no module of the workspace builds.
#[test]
fn a_later_build_of_the_modules_leaves_stub_modules_alone() {
    let sandbox = Sandbox::new("stubs-later");
    sandbox.package("stubs-later-api", &dependencies(&[]), API);
    sandbox.module("stubs-after", &driver("stubs-after"));
    let target = Sandbox::target().join("stubs-later");
    // What an earlier run of this test has installed would be unchanged.
    let _ = std::fs::remove_dir_all(target.join("debug/modules"));
    let build = |arguments: &[&str]| {
        let target = ["--target-dir", target.to_str().unwrap()];
        let output = sandbox.cargo_dlkm(&[&["build", "--quiet"][..], arguments, &target].concat());
        assert!(output.status.success(), "{}", stderr(&output));
    };
    build(&["--stubs", "-p", "stubs-later-api"]);
    let arguments = ["build", "--target-dir", target.to_str().unwrap()];
    let said = stderr(&sandbox.cargo_dlkm(&arguments));
    assert!(said.contains("Installed stubs-after "), "{said}");
    assert!(!said.contains("also contains"), "{said}");
}

#[test]
fn a_package_without_c_interfaces_is_refused() {
    let sandbox = Sandbox::new("stubs-none");
    sandbox.module("stubless", &driver("stubless"));
    let output = sandbox.cargo_dlkm(&["build", "--stubs", "-p", "stubless-api"]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    let manifest = sandbox.dir.join("crates/stubless-api/Cargo.toml");
    let error = format!(
        "error: package `stubless-api` ({}) declares no interface with `abi = \"C\"`",
        manifest.display()
    );
    assert!(said.contains(&error), "{said}");
    let output = sandbox.cargo_dlkm(&["build", "--stubs"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("--package <NAME>"),
        "{}",
        stderr(&output)
    );
}

/// Both headers of an interface, side by side as its callers and its module see it.
#[test]
fn callers_get_a_header_of_their_own() {
    let sandbox = Sandbox::new("stubs-header");
    sandbox.package("stubs-header-api", &dependencies(&[]), API);
    let header = |options: &[&str]| {
        let mut arguments = vec!["header", "-p", "stubs-header-api", "-i", "stub-scale"];
        arguments.extend(options);
        text(&dlkm(&sandbox, &arguments))
    };
    let (module, callers) = (header(&[]), header(&["--callers"]));
    assert!(
        module.contains("\nint64_t stub_scale_scale_weigh(uint32_t);\n"),
        "{module}"
    );
    assert!(
        callers.contains("\nint64_t scale_weigh(uint32_t);\n"),
        "{callers}"
    );
    assert!(
        callers.contains("#ifndef DLKM_STUB_SCALE_CALLERS_H\n"),
        "{callers}"
    );
    assert!(
        !callers.contains("hidden") && !callers.contains("define DLKM_MODULE"),
        "{callers}"
    );
    if Command::new("cc").arg("--version").output().is_err() {
        let _ = writeln!(std::io::stderr(), "skipped: there is no C compiler, `cc`");
        return;
    }
    sandbox.write("module.h", &module);
    sandbox.write("callers.h", &callers);
    for language in ["c", "c++"] {
        let source = "#include \"callers.h\"\nint main(void) { return (int)scale_weigh(1); }\n";
        sandbox.write("caller.c", source);
        let mut cc = sandbox.command("cc");
        cc.args([
            "-Wall",
            "-Wextra",
            "-Werror",
            "-fsyntax-only",
            "-x",
            language,
            "caller.c",
        ]);
        let output = cc.output().unwrap();
        assert!(output.status.success(), "{language}: {}", stderr(&output));
    }
}

const HOST: &str = r#"//! A host whose own C code, if it had any, would call the bell.
use std::io::Read;

use stubs_static_api as _;

fn main() {
    let root = std::env::args_os().nth(1).expect("a root");
    // SAFETY: the test has built the images.
    let root = unsafe { dlkm_rt::ModuleRoot::trusted(root) };
    let kernel = dlkm_rt::Kernel::boot(root).expect("boots");
    let _server = dlkm_control::Server::start(kernel).expect("starts");
    println!("ready");
    let _ = std::io::stdin().read(&mut [0]);
}
"#;

/// In the seeds, core code that needs a module makes its stub module static.
#[test]
fn a_linked_stub_module_is_static_and_dlkm_says_why() {
    let sandbox = Sandbox::new("stubs-static");
    sandbox.package("stubs-static-api", &dependencies(&[]), API);
    let control = Path::new(RUNTIME).join("../dlkm-control");
    let manifest = dependencies(&["stubs-static-api"]);
    let manifest = format!("{manifest}dlkm-control = {{ path = {control:?} }}\n");
    sandbox.package("stubs-static-host", &manifest, "//! A host.\n");
    sandbox.write("crates/stubs-static-host/src/main.rs", HOST);
    // A folder of its own: the list is that of all that is built in a folder.
    let target = Sandbox::target().join("stubs-static");
    let mut cargo = sandbox.command(env!("CARGO"));
    let output = cargo
        .args([
            "build",
            "--quiet",
            "--offline",
            "-p",
            "stubs-static-host",
            "--target-dir",
        ])
        .arg(&target)
        .env("DLKM_STATIC", "stub-bell_stub")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let (root, home) = (sandbox.dir.join("modules"), sandbox.dir.join("home"));
    fs::create_dir_all(&root).unwrap();
    fs::create_dir_all(&home).unwrap();
    let mut host = Command::new(target.join("debug/stubs-static-host"))
        .arg(&root)
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &home)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut ready = BufReader::new(host.stdout.take().unwrap());
    ready.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    let output = dlkm(&sandbox, &["why", "--root", "modules", "stub-bell_stub"]);
    drop(host.stdin.take());
    assert!(host.wait().unwrap().success());
    let said = text(&output) + &stderr(&output);
    for line in [
        "  at the next boot: static, because it is linked into the program\n",
        "  it has the stubs of `stub-bell`, and is linked in because code of the program itself calls \
         them\n",
    ] {
        assert!(said.contains(line), "{said}");
    }
}
