//! An installed program: its modules are in `lib/NAME/modules` beside `bin`, wherever it is installed.

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output};

use common::{Sandbox, dependencies, driver, stderr};

const HOST: &str = r#"//! Host.
fn main() {
    for name in ["", ".", "..", "a/b", "/a", "a\0"] {
        let error = unsafe { dlkm_rt::ModuleRoot::installed(name) }.unwrap_err();
        assert!(error.to_string().contains("not the name of a folder"), "{error}");
    }
    let root = unsafe { dlkm_rt::ModuleRoot::installed("adder") }.unwrap();
    let kernel = dlkm_rt::Kernel::boot(root).unwrap();
    match installed_api::installed::add(1, 2) {
        Ok(sum) => println!("{sum}"),
        Err(error) => println!("{error}"),
    }
    for module in kernel.modules() {
        if let (true, Some(error)) = (module.is_root(), module.error()) {
            println!("{}", error.cause());
        }
    }
}
"#;

#[track_caller]
fn lines(program: &Path) -> Vec<String> {
    let output: Output = Command::new(program).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn an_installed_program_finds_its_modules_and_says_which_are_missing() {
    let sandbox = Sandbox::new("installed");
    sandbox.module("installed", &driver("installed"));
    let needs = dependencies(&["installed-api"]);
    sandbox.package("installed-host", &needs, "//! Host.\n");
    sandbox.write("crates/installed-host/src/main.rs", HOST);
    let mut cargo = sandbox.command(env!("CARGO"));
    cargo.args(["build", "--offline", "--quiet", "-p", "installed-host"]);
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));

    let prefix = sandbox.dir.join("usr");
    let (bin, modules) = (prefix.join("bin/adder"), prefix.join("lib/adder/modules"));
    fs::create_dir_all(prefix.join("bin")).unwrap();
    fs::copy(Sandbox::target().join("debug/installed-host"), &bin).unwrap();

    // No hint at a workspace, which the user of a package does not have.
    let folder = modules.display();
    assert_eq!(
        lines(&bin),
        [
            format!(
                "can't load module `installed` for `installed::add`: the module root {folder} can't \
                 be read: No such file or directory (os error 2); install the modules of adder"
            ),
            format!(
                "the module root {folder} can't be read: No such file or directory (os error 2); \
                 install the modules of adder"
            ),
        ]
    );
    fs::create_dir_all(&modules).unwrap();
    let missing = lines(&bin);
    assert_eq!(
        missing,
        [format!(
            "can't load module `installed` for `installed::add`: there is no image \
             {folder}/installed.so; install the part of adder that contains it, of the same version \
             as the program"
        )]
    );

    let build = sandbox.build().package("installed").root(&modules);
    build.run().unwrap();
    assert_eq!(lines(&bin), ["3"]);

    // Somewhere else, and through a link.
    let other = sandbox.dir.join("home/local");
    fs::create_dir_all(other.parent().unwrap()).unwrap();
    fs::rename(&prefix, &other).unwrap();
    assert_eq!(lines(&other.join("bin/adder")), ["3"]);
    let link = sandbox.dir.join("link");
    symlink(other.join("bin/adder"), &link).unwrap();
    assert_eq!(lines(&link), ["3"]);
}

#[test]
fn both_commands_say_their_version() {
    let version = env!("CARGO_PKG_VERSION");
    let dlkm = Command::new(env!("CARGO_BIN_EXE_dlkm"));
    let mut by_cargo = Command::new(env!("CARGO_BIN_EXE_cargo-dlkm"));
    by_cargo.arg("dlkm");
    let itself = Command::new(env!("CARGO_BIN_EXE_cargo-dlkm"));
    for (mut command, name) in [
        (dlkm, "dlkm"),
        (by_cargo, "cargo dlkm"),
        (itself, "cargo dlkm"),
    ] {
        for option in ["--version", "-V"] {
            let output = Command::new(command.get_program())
                .args(command.get_args())
                .arg(option)
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            assert_eq!(text, format!("{name} {version}\n"));
        }
        assert!(command.arg("--versions").output().unwrap().status.code() == Some(2));
    }
}
